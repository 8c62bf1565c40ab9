use halo::prelude::*;

#[stencil]
fn upwind(u: Input<f64, 1>, speed: Input<f64, 1>) -> f64 {
    if speed[0] > 0.0 { u[0] - u[-1] } else { u[1] - u[0] }
}

fn main() {}
