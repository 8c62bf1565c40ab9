//! A variable is read before it has a value.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    let weight: f64;
    weight * u[0]
}

fn main() {}
