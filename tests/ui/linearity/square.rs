use halo::prelude::*;

#[stencil]
fn energy(u: Input<f64, 1>, w: f64) -> f64 {
    let slope = u[1] - u[0];
    w * slope.powi(2)
}

fn main() {}
