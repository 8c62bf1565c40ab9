//! A power is a product.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0].powi(3)
}

fn main() {}
