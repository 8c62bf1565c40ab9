//! A type that does not exist.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: Wieghts) -> f64 {
    w.near * u[0]
}

fn main() {}
