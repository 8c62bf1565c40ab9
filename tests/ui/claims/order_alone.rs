use halo::prelude::*;

#[stencil(order = 2)]
fn centred(u: Input<f64, 1>) -> f64 {
    0.5 * (u[1] - u[-1])
}

fn main() {}
