//! A function of the kernel that never ends.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    fn smooth(x: f64) -> f64 {
        0.5 * smooth(x)
    }
    smooth(u[0])
}

fn main() {}
