//! Fields of whole numbers have no adjoint.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<i32, 1>) -> i32 {
    u[0]
}

fn main() {}
