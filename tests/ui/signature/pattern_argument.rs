//! Every argument has a name.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, (a, b): (f64, f64)) -> f64 {
    a * u[0] - b * u[1]
}

fn main() {}
