//! A function given something else.

use halo::prelude::*;

fn weight(x: f64) -> f64 {
    x
}

#[stencil]
fn kernel(u: Input<f64, 1>, n: i32) -> f64 {
    weight(n) * u[0]
}

fn main() {}
