//! A type of the program, without `Copy`.

use halo::prelude::*;

struct Weights {
    near: f64,
    far: f64,
}

#[stencil]
fn kernel(u: Input<f64, 1>, weights: Weights) -> f64 {
    weights.near * u[0] + weights.far * u[1]
}

fn main() {}
