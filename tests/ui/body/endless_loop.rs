//! Loops are unrolled.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    loop {
        break;
    }
    u[0]
}

fn main() {}
