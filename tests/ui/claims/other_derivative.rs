use halo::prelude::*;

#[stencil(derivative = 1)]
fn second_order(u: Input<f64, 1>, inv_h2: f64) -> f64 {
    inv_h2 * (u[-1] - 2.0 * u[0] + u[1])
}

fn main() {}
