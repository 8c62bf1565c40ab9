//! Two structs of one name.

use halo::prelude::*;

struct Kernel;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() {}
