//! Constants stay what they are.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    const HALF: f64 = 0.5;
    HALF = 0.25;
    HALF * u[0]
}

fn main() {}
