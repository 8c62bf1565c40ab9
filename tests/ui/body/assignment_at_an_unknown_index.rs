//! The macro must know which element changes.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, n: usize) -> f64 {
    let mut parts = [u[0], u[1]];
    parts[n] = u[2];
    parts[0] + parts[1]
}

fn main() {}
