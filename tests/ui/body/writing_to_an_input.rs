use halo::prelude::*;

#[stencil]
fn smooth(u: Input<f64, 1>) -> f64 {
    u[0] = 0.5 * (u[-1] + u[1]);
    u[0]
}

fn main() {}
