//! A kernel is a plain function: no `const`.

use halo::prelude::*;

#[stencil]
const fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
