//! One mistake of every stage, each at its own token.

use halo::prelude::*;

#[stencil(hallo = 1, axes = (0, 0))]
fn kernel(u: Input<f64, 2>, w: &[f64], dt: f64) -> f64 {
    let far = u[[0, reach]];
    while dt > 0.0 {}
    far * u[0] + w[0]
}

fn main() {}
