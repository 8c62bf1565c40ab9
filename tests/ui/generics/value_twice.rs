use halo::prelude::*;

#[stencil(R in [1, 2, 1])]
fn star<const R: usize>(u: Input<f64, 1>, w: [f64; R]) -> f64 {
    w[R - 1] * u[R as isize]
}

fn main() {}
