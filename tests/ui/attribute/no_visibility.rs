use halo::prelude::*;

#[stencil(visibility = private)]
fn shift(u: Input<f64, 1>) -> f64 {
    u[1]
}

fn main() {}
