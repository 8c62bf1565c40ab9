use halo::prelude::*;

#[stencil(derivative = 2)]
fn along_rows(u: Input<f64, 2>) -> f64 {
    u[[0, -1]] - 2.0 * u[[0, 0]] + u[[0, 1]]
}

fn main() {}
