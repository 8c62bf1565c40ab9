//! Code that no person writes, but a program may, and a mistake can: very deep, very long, very large, without an end.

use super::trial::{Case, survive};

/// Tries one item; whether it expands without an error.
fn expands(item: String) -> bool {
    let (tried, clean) = survive(1, move |_| Case::parse("", &item));
    assert_eq!(tried, 1);
    clean == 1
}

/// A kernel with a value of its own in front of `u[0]`.
fn passive(value: &str) -> String {
    kernel(&format!("let x = {value}; x * u[0]"))
}

fn kernel(body: &str) -> String {
    format!("fn f(u: Input<f64, 1>, dt: f64, n: i64, edge: bool) -> f64 {{ {body} }}")
}

const MANY: usize = 10_000;
/// More than a person nests.
const DEEP: usize = 3_000;

#[test]
fn deep_brackets_are_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("[0; ", "]"),
        ("if edge { dt } else { ", "}"),
    ] {
        let value = format!("{}dt{}", open.repeat(DEEP), close.repeat(DEEP));
        assert!(!expands(passive(&value)), "{open}");
        let pattern = format!("{}y{}", open.repeat(DEEP), close.repeat(DEEP));
        assert!(
            !expands(kernel(&format!("let {pattern} = dt; u[0]"))),
            "{open}"
        );
    }
}

/// A value that is shared by two at each of many steps has as many ways to it as two to the power of the steps.
#[test]
fn shared_values_are_met_once() {
    let squared = "for _ in 0..60 { a = a * a; b = b * b; c = c * c; }";
    let item = format!(
        "fn f(u: Input<f64, 1>, k: Coef<f64, 1>, s: f64) -> f64 {{
            let mut a = k[0]; let mut b = s; let mut c = u[0]; {} a * b * u[0] + c }}",
        squared.replace("c = c * c", "c = c + c")
    );
    assert!(expands(item));
}

#[test]
fn deep_nesting_without_brackets_is_refused() {
    for depth in [DEEP, MANY] {
        for prefix in [
            "-",
            "!",
            "*",
            "&",
            "& mut ",
            "return ",
            "|y| ",
            "move || ",
            "dt = ",
            "break ",
            ".. ",
            "if edge { dt } else ",
        ] {
            let value = format!("{} {{ dt }}", prefix.repeat(depth));
            assert!(!expands(passive(&value)), "{prefix} {depth}");
        }
        for (open, close) in [
            ("&", ""),
            ("fn() -> ", ""),
            ("Vec<", ">"),
            ("*const ", ""),
            ("impl Fn() -> ", ""),
        ] {
            let ty = format!("{}f64{}", open.repeat(depth), close.repeat(depth));
            let item = format!("fn f(u: Input<f64, 1>, p: {ty}) -> f64 {{ u[0] }}");
            assert!(!expands(item), "{open} {depth}");
            assert!(!expands(passive(&format!("0 as {ty}"))), "{open} {depth}");
        }
        for open in ["&", "y @ "] {
            let pattern = format!("{}y", open.repeat(depth));
            assert!(
                !expands(kernel(&format!("let {pattern} = dt; u[0]"))),
                "{open} {depth}"
            );
        }
    }
}

#[test]
fn long_chains_end() {
    for length in [DEEP, MANY] {
        for link in [
            " + dt", " * 2.0", " as f64", ".abs()", ".0", "?", "[0]", "()", " || edge", " - u[0]",
            ".await",
        ] {
            expands(passive(&format!("dt{}", link.repeat(length))));
        }
        expands(kernel(&format!("{} u[0]", "let x = dt;".repeat(length))));
        expands(kernel(&format!(
            "let x = [{}]; x[0] * u[0]",
            "dt, ".repeat(length)
        )));
        expands(kernel(&format!(
            "let x = ({}); x.0 * u[0]",
            "dt, ".repeat(length)
        )));
        expands(kernel(&format!(
            "let mut s = u[0]; {} s",
            "s += dt * s;".repeat(length)
        )));
        expands(kernel(&format!(
            "let x = match n {{ {} _ => dt }}; x * u[0]",
            "0 => dt,".repeat(length)
        )));
        expands(format!(
            "{} fn f(u: Input<f64, 1>) -> f64 {{ u[0] }}",
            "#[doc = \"x\"]".repeat(length)
        ));
        expands(format!(
            "fn f(u: Input<f64, 1>, {}) -> f64 {{ u[0] }}",
            "p: f64, ".repeat(length)
        ));
        expands(format!(
            "fn f(u: Input<f64, 1>) -> ({}) {{ u[0] }}",
            "f64, ".repeat(length)
        ));
        expands(format!(
            "fn f<{}>(u: Input<f64, 1>) -> f64 {{ u[0] }}",
            "T, ".repeat(length)
        ));
    }
}

/// A sum of as many reads as a large footprint has is an ordinary kernel.
#[test]
fn a_long_sum_expands() {
    assert!(expands(kernel(&format!(
        "u[0]{}",
        " + dt * u[1]".repeat(1_500)
    ))));
    let terms = " + 0.5 * u[1]".repeat(1_500);
    assert!(expands(format!(
        "fn f<T: Scalar>(u: Input<T, 1>) -> T {{ u[0]{terms} }}"
    )));
}

#[test]
fn growth_is_bounded() {
    // Every line doubles what a naive reader would have to look at.
    let doubled = "let x = x + x;".repeat(2_000);
    expands(kernel(&format!("let x = u[0]; {doubled} x")));
    let pairs = "let x = (x, x);".repeat(60);
    expands(kernel(&format!("let x = u[0]; {pairs} u[0]")));
    let arrays = "let x = [x; 10];".repeat(12);
    expands(kernel(&format!("let x = dt; {arrays} u[0]")));
    expands(kernel(
        "let x = [[[[0.0; 10000]; 10000]; 10000]; 10000]; u[0]",
    ));
    let closures: String = (0..60)
        .map(|k| format!("let f{} = |x: f64| f{k}(f{k}(x));", k + 1))
        .collect();
    expands(kernel(&format!(
        "let f0 = |x: f64| 2.0 * x; {closures} f60(u[0])"
    )));
    let functions: String = (0..60)
        .map(|k| format!("fn f{}(x: f64) -> f64 {{ f{k}(x) + f{k}(x) }}", k + 1))
        .collect();
    expands(kernel(&format!(
        "fn f0(x: f64) -> f64 {{ x }} {functions} f60(u[0])"
    )));
    let constants: String = (0..60)
        .map(|k| format!("const C{}: isize = C{k} + C{k};", k + 1))
        .collect();
    expands(kernel(&format!("const C0: isize = 1; {constants} u[C60]")));
    let branches = "if dt > 0.0 { s += u[1]; } else { s = s * dt; }".repeat(300);
    expands(kernel(&format!("let mut s = u[0]; {branches} s")));
    let nested = (0..40).fold("u[0]".to_string(), |inner, k| {
        format!("if n < {k} {{ {inner} }} else {{ u[{k}] }}")
    });
    expands(kernel(&nested));
    let lookups = "let x = [dt, x][n as usize];".repeat(300);
    expands(kernel(&format!("let x = dt; {lookups} x * u[0]")));
    let opaques = "let x = (x + x).sqrt();".repeat(300);
    expands(kernel(&format!("let x = dt; {opaques} x * u[0]")));
}

#[test]
fn loops_end() {
    for range in [
        "0..1000000000000",
        "-170141183460469231731687303715884105728..=170141183460469231731687303715884105727",
        "0..=340282366920938463463374607431768211455",
        "(0..10000).step_by(18446744073709551615)",
        "(0..10000).rev().enumerate().rev().enumerate()",
        "0..usize::MAX",
        "[0; 1000000000]",
        "[[0; 10000]; 10000]",
    ] {
        expands(kernel(&format!(
            "let mut s = u[0]; for i in {range} {{ s += u[1]; }} s"
        )));
    }
    let nest = |depth: usize| {
        let open: String = (0..depth)
            .map(|k| format!("for i{k} in 0..10 {{"))
            .collect();
        format!(
            "let mut s = u[0]; {open} s += u[1]; {} s",
            "}".repeat(depth)
        )
    };
    for depth in 1..30 {
        expands(kernel(&nest(depth)));
    }
}

#[test]
fn recursion_ends() {
    for body in [
        "const A: isize = B; const B: isize = A; u[A]",
        "const A: [isize; A[0] as usize] = A; u[A[0]]",
        "fn g(i: isize) -> isize { g(i) } u[g(0)]",
        "fn g(i: isize) -> isize { h(i) + g(i - 1) } fn h(i: isize) -> isize { g(i) } u[g(9)]",
        "fn g(x: f64) -> f64 { g(x) + g(x) } g(u[0])",
        "fn g(x: f64) -> f64 { fn g(x: f64) -> f64 { g(x) } g(x) } g(u[0])",
        "fn g(x: f64) -> f64 { const A: f64 = g(A); A * x } g(u[0])",
        "let f = |x: f64| f(x); f(u[0])",
        "let f = |g: f64| g; let f = |x: f64| f(f(x)); let f = |x: f64| f(f(x)); f(u[0])",
        "fn ackermann(m: u64, n: u64) -> u64 { if m == 0 { n + 1 } else if n == 0 { ackermann(m - 1, 1) } else { ackermann(m - 1, ackermann(m, n - 1)) } } u[ackermann(4, 2) as isize]",
    ] {
        expands(kernel(body));
    }
}

#[test]
fn numbers_overflow_without_harm() {
    const LARGEST: &str = "170141183460469231731687303715884105727";
    for value in [
        format!("{LARGEST} + {LARGEST}"),
        format!("-{LARGEST} - {LARGEST}"),
        format!("{LARGEST} * {LARGEST}"),
        format!("(-{LARGEST} - 1) / -1"),
        format!("(-{LARGEST} - 1) % -1"),
        format!("-(-{LARGEST} - 1)"),
        format!("(-{LARGEST} - 1_i128).abs()"),
        format!("{LARGEST}.pow({LARGEST})"),
        format!("1 << {LARGEST}"),
        "1 >> -1".into(),
        "2_i32.pow(4294967295)".into(),
        "2.powi(2147483647)".into(),
        "dt.powi(2147483647)".into(),
        "dt.powi(-2147483648)".into(),
        "i64::MIN.div_euclid(-1)".into(),
        "(0 - 9223372036854775808_i64).rem_euclid(-1)".into(),
        "9999999999999999999999999999999999999999999999999999".into(),
        "1e99999".into(),
        "0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_u128 as i8".into(),
        "-1_u8".into(),
        "300_u8".into(),
    ] {
        expands(passive(&value));
        expands(kernel(&format!("u[{value}]")));
        expands(kernel(&format!(
            "let mut s = u[0]; for i in 0..{value} {{ s += u[i]; }} s"
        )));
        expands(kernel(&format!("let a = [dt; {value}]; a[{value}] * u[0]")));
        let attr = format!("halo = {value}, axes = {value}");
        survive(1, move |_| Case::parse(&attr, &kernel("u[1]")));
    }
}

#[test]
fn other_items_are_told_what_they_are() {
    for item in [
        "struct S;",
        "enum E { A(f64) }",
        "impl S { fn f(u: Input<f64, 1>) -> f64 { u[0] } }",
        "mod m { fn f(u: Input<f64, 1>) -> f64 { u[0] } }",
        "trait T { fn f(u: Input<f64, 1>) -> f64; }",
        "const C: f64 = 1.0;",
        "static S: f64 = 1.0;",
        "type T = f64;",
        "use std::f64;",
        "extern crate core;",
        "extern \"C\" { fn f(x: f64) -> f64; }",
        "macro_rules! m { () => {} }",
        "println!(\"text\");",
        "union U { a: f64 }",
        "fn f(u: Input<f64, 1>) -> f64;",
        "",
        "let x = 1;",
        "u[0] + 1.0",
        "fn f(u: Input<f64, 1>) -> f64 { u[0] } fn g() {}",
        "#![inner] fn f(u: Input<f64, 1>) -> f64 { #![inner] u[0] }",
    ] {
        expands(item.to_string());
    }
    for body in [
        "#[cfg(test)] let x = 1.0; u[0]",
        "#[allow(unused)] { u[0] }",
        "(#[cfg(never)] 1.0, u[0]).1",
        "let a = [#[cfg(test)] u[0], u[1]]; a[0]",
        "for #[allow(unused)] i in 0..3 {} u[0]",
        "match n { #[cfg(test)] 0 => u[0], _ => u[1] }",
        "fn g(#[cfg(test)] x: f64) -> f64 { x } g(u[0])",
        "impl Input<f64, 1> { fn f(self) -> f64 { self[0] } } u[0]",
        "macro_rules! m { ($x:expr) => { $x } } m!(u[0])",
        "m!{ u[0] } u[0]",
        "m![u[0]]",
        "vec![u[0]; 3][0]",
        "println!(\"{u}\"); u[0]",
        "struct u; u[0]",
        "const u: [f64; 1] = [0.0]; u[0]",
        "fn u() -> f64 { 1.0 } u() * u[0]",
        "let r#u = u[0]; r#u",
        "let größe = u[0]; größe",
        "let u = u[0]; u",
        "static mut S: f64 = 0.0; u[0]",
        "use super::*; u[0]",
        "'label: for i in 0..3 { break 'label; } u[0]",
        "let x = 'block: { break 'block dt }; x * u[0]",
        "async { u[0] }.await",
        "let _ = u; u[0]",
        "let (.., a) = (u[0], u[1]); a",
        "let [a, ..] = [u[0], u[1]]; a",
        "let S { a, .. } = n; u[0]",
        "let a | b = u[0]; a",
        "let 0..=5 = n else { panic!() }; u[0]",
        "if let 0 = n && let 1 = n { u[0] } else { u[1] }",
        "while let Some(x) = dt { } u[0]",
        "u[..]",
        "u[0..1][0]",
        "u[[0; 1]]",
        "u[[]]",
        "u[[[0]]]",
        "u[(0, 1)]",
        "u[-0]",
        "u[u[0]]",
        "u[{ 0 }]",
        "u[if true { 0 } else { 1 }]",
        "u[match 0 { _ => 0 }]",
        "u[0 as isize as usize as isize]",
        "u.index(0)",
        "<Input<f64, 1> as std::ops::Index<isize>>::index(&u, 0)",
        "*&u[0]",
        "(&u)[0]",
        "{ u }[0]",
        "return u[0];",
        "return return u[0];",
        "(return u[0]) + 1.0",
        "u[0];",
        "",
        ";",
        ";;;; u[0]",
        "_ = u[0]; u[0]",
        "(_, _) = (u[0], u[1]); u[0]",
        "[a, b] = [u[0], u[1]]; a",
        "unsafe { u[0] }",
        "const { 3.0 } * u[0]",
        "u[const { 1 }]",
        "builtin # offset_of(T, f)",
        "f64::from_bits(u[0].to_bits())",
        "Self::f(u, dt, n, edge)",
        "f(u, dt, n, edge)",
        "self[0]",
        "crate::u[0]",
        "_ + u[0]",
        "T::<1>::f(u[0])",
        "u[0] as f64 as _",
        "let x: _ = dt; x * u[0]",
        "let x: [_; 2] = [dt; 2]; x[1] * u[0]",
        "let x: impl Copy = dt; x * u[0]",
        "let x: dyn Copy = dt; x * u[0]",
        "let x: ! = dt; x * u[0]",
    ] {
        expands(kernel(body));
    }
}
