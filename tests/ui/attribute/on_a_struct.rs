//! The attribute on something else.

use halo::prelude::*;

#[stencil]
struct Laplacian {
    inv_h2: f64,
}

fn main() {}
