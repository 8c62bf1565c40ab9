//! A kernel is no method.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    self.weight * u[0]
}

fn main() {}
