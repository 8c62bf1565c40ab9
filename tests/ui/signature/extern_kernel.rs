//! A kernel has no ABI of its own.

use halo::prelude::*;

#[stencil]
extern "C" fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
