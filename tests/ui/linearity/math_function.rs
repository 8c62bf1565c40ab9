use halo::prelude::*;

#[stencil]
fn largest(u: Input<f64, 1>) -> f64 {
    f64::max(u[0], u[1])
}

fn main() {}
