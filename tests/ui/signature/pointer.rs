//! A pointer is no parameter either.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: *const f64) -> f64 {
    u[0]
}

fn main() {}
