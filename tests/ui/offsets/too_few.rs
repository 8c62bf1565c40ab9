use halo::prelude::*;

#[stencil]
fn gradient(u: Input<f64, 2>) -> f64 {
    u[[1, 0]] - u[[0]]
}

fn main() {}
