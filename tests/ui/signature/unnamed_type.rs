//! A field of a struct has a type with a name.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, g: impl Fn(f64) -> f64) -> f64 {
    g(2.0) * u[0]
}

fn main() {}
