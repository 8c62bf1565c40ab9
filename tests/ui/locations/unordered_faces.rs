use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 2, (Face<1>, Face<0>)>) -> On<Face<0>, f64> {
    u[[1, 0]] - u[[0, 0]]
}

fn main() {}
