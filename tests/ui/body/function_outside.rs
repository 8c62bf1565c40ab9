use halo::prelude::*;

fn slope(u: &Input<f64, 1>) -> f64 {
    u[1] - u[0]
}

#[stencil]
fn twice(u: Input<f64, 1>) -> f64 {
    2.0 * slope(&u)
}

fn main() {}
