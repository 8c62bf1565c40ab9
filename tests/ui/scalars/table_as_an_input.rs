use halo::prelude::*;

#[stencil]
fn vector(u: Input<[f64; 3], 1>) -> f64 {
    u[1][0] - u[0][0]
}

fn main() {}
