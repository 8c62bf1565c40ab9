use halo::prelude::*;

#[stencil(derivative = [(2, 0), (0, 2)], order = 2)]
fn laplacian(u: Input<f64, 2>, inv_h2: f64) -> f64 {
    inv_h2 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 5.0 * u[[0, 0]])
}

fn main() {}
