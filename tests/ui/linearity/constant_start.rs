//! A sum that starts with one.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    let mut sum = 1.0;
    for i in 0..3 {
        sum += u[i];
    }
    sum
}

fn main() {}
