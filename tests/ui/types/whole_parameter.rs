//! A whole parameter times an input.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, n: i32) -> f64 {
    n * u[0]
}

fn main() {}
