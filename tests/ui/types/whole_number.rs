//! A whole number times an input.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    2 * u[0] - u[1]
}

fn main() {}
