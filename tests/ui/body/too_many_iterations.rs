//! A loop too long to be unrolled.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: [f64; 4]) -> f64 {
    let mut sum = 0.0;
    for i in 0..1_000_000 {
        sum += w[i % 4] * u[0];
    }
    sum
}

fn main() {}
