//! A constant without a value.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    const R: isize = 0;
    u[4 / R]
}

fn main() {}
