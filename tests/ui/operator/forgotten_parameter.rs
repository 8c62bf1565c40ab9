//! The struct has a field for every parameter.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, k: Coef<f64, 1>, dt: f64) -> f64 {
    dt * k[0] * u[0]
}

fn main() {
    let _ = Kernel { dt: 0.5 };
}
