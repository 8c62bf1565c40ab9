//! A method that does not exist.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    dt.sqroot() * u[0]
}

fn main() {}
