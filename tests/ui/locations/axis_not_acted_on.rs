use halo::prelude::*;

#[stencil(axes = (0, 1))]
fn slope(u: Input<f64, 2, Face<2>>) -> f64 {
    u[[1, 0]] - u[[0, 0]]
}

fn main() {}
