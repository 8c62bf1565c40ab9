//! A parameter that is taken by value at every point.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: Vec<f64>) -> f64 {
    let mean = w.iter().sum::<f64>() / w.len() as f64;
    mean * u[0]
}

fn main() {}
