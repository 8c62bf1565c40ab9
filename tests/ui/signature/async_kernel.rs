//! A kernel is a plain function: no `async`.

use halo::prelude::*;

#[stencil]
async fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
