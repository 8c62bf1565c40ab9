use halo::prelude::*;

#[stencil(halo = 1)]
fn fourth_order(u: Input<f64, 1>) -> f64 {
    u[-2] - 8.0 * u[-1] + 8.0 * u[1] - u[2]
}

fn main() {}
