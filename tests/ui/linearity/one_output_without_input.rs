//! Each output reads an input.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> (f64, f64) {
    (u[1] - u[0], dt)
}

fn main() {}
