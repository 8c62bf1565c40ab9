//! Every argument has a name, also one that is not used.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, _: f64) -> f64 {
    u[0]
}

fn main() {}
