//! Other macros are closed to this one.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    let largest = vec![k[0], k[1]];
    largest[0] * u[0]
}

fn main() {}
