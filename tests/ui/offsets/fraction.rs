use halo::prelude::*;

#[stencil]
fn staggered(u: Input<f64, 1>) -> f64 {
    u[0.5] - u[-0.5]
}

fn main() {}
