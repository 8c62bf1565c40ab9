//! A product of inputs hidden in a helper function.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, v: Input<f64, 1>) -> f64 {
    fn weigh(weight: f64, value: f64) -> f64 {
        weight * value
    }
    weigh(u[0], v[0])
}

fn main() {}
