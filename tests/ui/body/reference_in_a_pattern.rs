use halo::prelude::*;

#[stencil]
fn blended(u: Input<f64, 1>, weight: Option<f64>) -> f64 {
    match weight {
        Some(ref w) => *w * u[0],
        None => u[1],
    }
}

fn main() {}
