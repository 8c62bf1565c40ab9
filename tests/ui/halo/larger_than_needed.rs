// A claim larger than needed costs messages: a warning, on stable by way of this lint.
#![deny(deprecated)]

use halo::prelude::*;

#[stencil(halo = 2)]
fn second(u: Input<f64, 1>) -> f64 {
    u[-1] - 2.0 * u[0] + u[1]
}

fn main() {}
