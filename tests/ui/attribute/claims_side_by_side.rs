//! One claim says all.

use halo::prelude::*;

#[stencil(halo = 1, halo_at_least = 2)]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[1]
}

fn main() {}
