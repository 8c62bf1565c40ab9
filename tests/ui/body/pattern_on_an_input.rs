use halo::prelude::*;

#[stencil]
fn limited(u: Input<f64, 1>) -> f64 {
    match u[0] {
        0.0 => u[1],
        x => 2.0 * x,
    }
}

fn main() {}
