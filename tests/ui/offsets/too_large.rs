//! Further than any grid.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[10_000_000] - u[0]
}

fn main() {}
