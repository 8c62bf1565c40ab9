//! A function that does not exist.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    wieght(dt) * u[0]
}

fn main() {}
