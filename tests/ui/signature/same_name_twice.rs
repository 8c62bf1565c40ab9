//! Two arguments of one name.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
