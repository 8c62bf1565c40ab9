//! An operator prints nothing.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    println!("{dt}");
    dt * u[0]
}

fn main() {}
