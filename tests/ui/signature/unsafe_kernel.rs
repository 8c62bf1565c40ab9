//! A kernel is a plain function: no `unsafe`.

use halo::prelude::*;

#[stencil]
unsafe fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
