//! No unsafe code.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    let half = unsafe { dt / 2.0 };
    half * u[0]
}

fn main() {}
