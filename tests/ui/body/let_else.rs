//! Nor leave early.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: Option<f64>) -> f64 {
    let Some(step) = dt else {
        return 0.0;
    };
    step * u[0]
}

fn main() {}
