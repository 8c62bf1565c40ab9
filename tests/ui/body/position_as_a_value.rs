//! The position is asked one thing at a time.

use halo::prelude::*;

fn weight(at: Position<1>) -> f64 {
    at.index(0) as f64
}

#[stencil]
fn kernel(u: Input<f64, 1>, at: Position<1>) -> f64 {
    let here = weight(at);
    here * u[0]
}

fn main() {}
