use halo::prelude::*;

#[stencil]
fn mixed(u: Input<f64, 1>, w: f32) -> f64 {
    f64::from(w) * (u[0] as f32 as f64)
}

fn main() {}
