//! Valid kernels that together use all of the language: what mutations start from.

/// Attribute and function, words apart.
pub const KERNELS: [(&str, &str); 6] = [
    (
        "halo = 3 , axes = ( 0 , 1 )",
        "fn f ( u : Input < f64 , 2 > , k : Coef < f64 , 2 > , at : Position < 2 > , dt : f64 , w : [ f64 ; 3 ] ) -> ( f64 , f64 ) { \
         const N : isize = 2 ; fn g ( i : isize ) -> isize { i + 1 } let c = | x | x * 2.0 ; \
         let mut s = [ 0.0 ; 2 ] ; for ( i , o ) in [ 1 , 2 ] . into_iter ( ) . enumerate ( ) { \
         s [ i ] += w [ i ] * u [ [ o , - N ] ] ; } if at . from_low ( 0 ) < 1 && dt > 0.0 { s [ 0 ] = u [ [ 0 , g ( 1 ) ] ] ; } \
         let ( a , b ) = ( k [ [ 0 , 1 ] ] . powi ( 2 ) , match dt { x if x > 0.0 => x , _ => 1.0 } ) ; \
         ( a * c ( s [ 0 ] ) , b / dt . sqrt ( ) * s [ 1 ] ) }",
    ),
    (
        "halo_at_least = ( ( 1 , 2 ) , )",
        "pub fn lap ( u : Input < f64 , 1 > , dt : f64 ) -> f64 { let mut x ; if dt < 1 as f64 { x = u [ - 1 ] ; } else { x = u [ 1 ] ; } \
         { let y = x ; x = y + u [ 0 ] ; } return f64 :: max ( dt , 2.0 ) * x ; }",
    ),
    (
        "name = Flux",
        "# [ doc = \"A flux.\" ] pub ( crate ) fn flux ( u : Input < f32 , 1 > , k : Coef < f32 , 1 > , edge : bool , n : i32 ) -> f32 { \
         let mean = | i : isize | 2.0 * k [ i ] * k [ i + 1 ] / ( k [ i ] + k [ i + 1 ] ) ; \
         let jump = | i : isize | u [ i + 1 ] - u [ i ] ; let weight : f32 = if edge { 0.5 } else { n as f32 } ; \
         weight * mean ( 0 ) * jump ( 0 ) - mean ( - 1 ) * jump ( - 1 ) }",
    ),
    (
        "axes = ( 2 , 0 , 1 )",
        "fn box27 ( u : Input < f64 , 3 > , w : [ [ f64 ; 3 ] ; 2 ] ) -> f64 { let mut sum = 0.0 ; \
         for i in - 1 ..= 1 { for j in ( 0 .. 4 ) . rev ( ) . step_by ( 2 ) { if i != j { sum += \
         w [ 1 ] [ ( i + 1 ) as usize ] * u [ [ i , j - 1 , 0 ] ] ; } } } let t = ( sum , [ 1.0 ; 2 ] ) ; t . 1 [ 0 ] * t . 0 / 27.0 }",
    ),
    (
        "",
        "fn ends ( u : Input < f64 , 1 > , v : Input < f64 , 1 > , at : Position < 1 > , pair : ( f64 , f64 ) ) -> f64 { \
         const W : [ f64 ; 2 ] = [ 1.5 , - 0.5 ] ; use std :: f64 :: consts :: PI ; let scale = PI * ( at . index ( 0 ) as f64 ) / 3e0 ; \
         if at . from_low ( 0 ) == 0 { W [ 0 ] * u [ 0 ] + W [ 1 ] * u [ 1 ] } \
         else if at . from_high ( 0 ) < 2 || at . index ( 0 ) % 2 == 0 { - u [ - 1 ] } else { pair . 0 * v [ 0 ] - scale . exp ( ) * u [ 1 ] } }",
    ),
    (
        "halo = 1",
        "fn sums ( u : Input < f64 , 1 > , n : usize , w : [ f64 ; 4 ] ) -> f64 { \
         let norm = w . iter ( ) . map ( | x | x * x ) . sum :: < f64 > ( ) . sqrt ( ) ; let tail = & w [ 1 .. ] ; \
         let first = tail . first ( ) . copied ( ) . unwrap_or ( 0.0 ) ; let bits = ( n & 3 ) ^ ( n << 1 ) ; \
         let pick = w [ bits % 4 ] . max ( first ) ; let r#loop = vec ! [ 1.0 , norm ] [ 0 ] ; ( pick + r#loop ) * ( u [ 1 ] - u [ - 1 ] ) }",
    ),
];
