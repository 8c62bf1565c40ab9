use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 2, Node>) -> On<Edge, f64> {
    u[[1, 0]] - u[[0, 0]]
}

fn main() {}
