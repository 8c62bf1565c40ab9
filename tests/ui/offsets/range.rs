//! A slice of an input.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0..2][0]
}

fn main() {}
