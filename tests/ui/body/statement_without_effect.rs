//! A value that nobody gets.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: [f64; 3]) -> f64 {
    w.len();
    w[0] * u[0]
}

fn main() {}
