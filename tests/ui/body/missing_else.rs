//! What an `if` is worth without an `else`.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, edge: bool) -> f64 {
    if edge { u[0] }
}

fn main() {}
