use halo::prelude::*;

#[stencil]
fn sum(u: Input<f64, 1>) -> f64 {
    (0..3).map(|i| u[i])
}

fn main() {}
