use halo::prelude::*;

#[stencil]
fn difference(u: Input<f32, 1>) -> f64 {
    u[1] - u[0]
}

fn main() {}
