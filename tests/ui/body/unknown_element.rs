//! A tuple has no third element.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    let pair = (dt, 2.0);
    pair.2 * u[0]
}

fn main() {}
