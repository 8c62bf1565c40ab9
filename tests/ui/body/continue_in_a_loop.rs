//! And leave nothing out.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    let mut sum = 0.0;
    for i in 0..5 {
        if i == 2 {
            continue;
        }
        sum += u[i];
    }
    sum
}

fn main() {}
