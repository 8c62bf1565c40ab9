//! A constant that is called like a variable.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    const half: f64 = 0.5;
    half * u[0]
}

fn main() {}
