//! A maximum is not linear.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[-1].max(u[1])
}

fn main() {}
