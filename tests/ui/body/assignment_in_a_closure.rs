//! A closure changes nothing outside it.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, dt: f64) -> f64 {
    let mut sum = dt;
    let mut add = |x: f64| {
        sum += x;
        sum
    };
    add(dt) * u[0]
}

fn main() {}
