//! Two types compared.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, n: i32) -> f64 {
    if n > 0.5 { u[0] } else { u[1] }
}

fn main() {}
