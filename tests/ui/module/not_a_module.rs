use halo::prelude::*;

#[stencils]
fn shift(u: Input<f64, 1>) -> f64 {
    u[1]
}

fn main() {}
