//! Inputs are given to `forward`, not to the struct.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    dt * u[0]
}

fn main() {
    let _ = Kernel { dt: 0.5, u: 1.0 };
}
