//! Arrays have four axes at most.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 5>) -> f64 {
    u[[0, 0, 0, 0, 0]]
}

fn main() {}
