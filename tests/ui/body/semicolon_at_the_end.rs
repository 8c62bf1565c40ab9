//! The value of a kernel is its last expression.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[1] - u[0];
}

fn main() {}
