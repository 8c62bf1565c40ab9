use halo::prelude::*;

#[stencil(overwrite = u)]
fn smooth(u: Input<f64, 1>) -> f64 {
    0.25 * u[-1] + 0.5 * u[0] + 0.25 * u[1]
}

fn main() {}
