use halo::prelude::*;

#[stencil(R in 0..9, S in 0..9)]
fn shift<const R: isize, const S: isize>(u: Input<f64, 1>) -> f64 {
    u[R] - u[S]
}

fn main() {}
