use halo::prelude::*;

#[stencil(halo = 1, axes = (0), halo = 2)]
fn difference(u: Input<f64, 1>) -> f64 {
    u[1] - u[0]
}

fn main() {}
