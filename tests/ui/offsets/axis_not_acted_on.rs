//! Offsets speak of the axes that the stencil acts on.

use halo::prelude::*;

#[stencil(axes = 1)]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[[0, 1]] - u[[0, 0]]
}

fn main() {}
