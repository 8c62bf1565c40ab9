use halo::prelude::*;

#[stencil(axes = (1, 1))]
fn gradient(u: Input<f64, 2>) -> f64 {
    u[[1, 0]] - u[[0, 1]]
}

fn main() {}
