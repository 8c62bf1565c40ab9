use halo::prelude::*;

#[stencil(S in [1, 2])]
fn shift(u: Input<f64, 1>) -> f64 {
    u[1]
}

fn main() {}
