//! A kernel borrows nothing, and needs no lifetime.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: [&f64; 2]) -> f64 {
    w[0] * u[0]
}

fn main() {}
