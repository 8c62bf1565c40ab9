//! The name of a struct is a name.

use halo::prelude::*;

#[stencil(name = "Kernel")]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
