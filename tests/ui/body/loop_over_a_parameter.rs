//! A loop whose length only the program knows.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, n: usize) -> f64 {
    let mut sum = 0.0;
    for _ in 0..n {
        sum += u[0];
    }
    sum
}

fn main() {}
