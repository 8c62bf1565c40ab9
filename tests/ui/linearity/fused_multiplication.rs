//! A multiplication that rounds in its own way.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, a: f64) -> f64 {
    u[0].mul_add(a, u[1])
}

fn main() {}
