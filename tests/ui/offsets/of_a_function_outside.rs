//! The macro sees the kernel only.

use halo::prelude::*;

const fn reach() -> isize {
    2
}

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[reach()]
}

fn main() {}
