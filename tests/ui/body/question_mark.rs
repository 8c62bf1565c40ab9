//! A formula cannot fail.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: Option<f64>) -> f64 {
    let step = dt?;
    step * u[0]
}

fn main() {}
