//! A `let` that says another type.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    let step: f32 = dt;
    step as f64 * u[0]
}

fn main() {}
