//! The attribute on an implementation.

use halo::prelude::*;

struct Laplacian;

#[stencil]
impl Laplacian {
    fn value(u: Input<f64, 1>) -> f64 {
        u[0]
    }
}

fn main() {}
