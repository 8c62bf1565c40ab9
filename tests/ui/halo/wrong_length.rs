use halo::prelude::*;

#[stencil(halo = (1, 1, 1))]
fn laplacian(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]]
}

fn main() {}
