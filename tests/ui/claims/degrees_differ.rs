use halo::prelude::*;

#[stencil(derivative = [2, 1])]
fn second_and_first(u: Input<f64, 1>, a: f64, b: f64) -> f64 {
    a * (u[-1] - 2.0 * u[0] + u[1]) + b * (u[1] - u[-1])
}

fn main() {}
