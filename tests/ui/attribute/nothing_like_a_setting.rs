//! An attribute that is no list of settings.

use halo::prelude::*;

#[stencil(1, 2)]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
