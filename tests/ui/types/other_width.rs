//! An `f32` among `f64`.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, a: f32) -> f64 {
    a * u[0]
}

fn main() {}
