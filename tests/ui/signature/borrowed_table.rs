//! The operator owns its parameters.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: &[f64]) -> f64 {
    w[0] * u[0]
}

fn main() {}
