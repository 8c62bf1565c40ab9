use halo::prelude::*;

#[stencil(derivative = (1, 0))]
fn gradient(u: Input<f64, 2>) -> (f64, f64) {
    (u[[1, 0]] - u[[0, 0]], u[[0, 1]] - u[[0, 0]])
}

fn main() {}
