use halo::prelude::*;

const WIDEST: usize = 4;

#[stencil(R in 1..=WIDEST)]
fn shift<const R: isize>(u: Input<f64, 1>) -> f64 {
    u[R]
}

fn main() {}
