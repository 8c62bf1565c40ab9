//! An index that is no `usize`.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, w: [f64; 3], n: i32) -> f64 {
    w[n] * u[0]
}

fn main() {}
