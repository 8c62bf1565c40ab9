use halo::prelude::*;

#[stencil(halo = ((1, 0), (0, 1)))]
fn diagonal(u: Input<f64, 2>) -> f64 {
    u[[-1, 1]] + u[[1, 0]]
}

fn main() {}
