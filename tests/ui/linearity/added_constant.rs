use halo::prelude::*;

#[stencil]
fn forced(u: Input<f64, 1>, source: Coef<f64, 1>, dt: f64) -> f64 {
    u[0] + dt * source[0]
}

fn main() {}
