//! And no other.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    dt * u[0]
}

fn main() {
    let _ = Kernel { dt: 0.5, dx: 0.1 };
}
