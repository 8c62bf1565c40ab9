#![deny(deprecated)]

use halo::prelude::*;

#[stencil(halo = ((1, 1), (0, 3)))]
fn skewed(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[1, 2]]
}

fn main() {}
