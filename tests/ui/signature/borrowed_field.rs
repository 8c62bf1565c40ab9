use halo::prelude::*;

#[stencil]
fn difference(u: &Input<f64, 1>, w: &[f64]) -> f64 {
    w[0] * (u[1] - u[0])
}

fn main() {}
