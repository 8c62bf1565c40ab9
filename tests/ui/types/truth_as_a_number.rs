//! A `bool` is no number.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, edge: bool) -> f64 {
    edge * u[0]
}

fn main() {}
