use halo::prelude::*;

#[stencil]
fn scaled<'a>(u: Input<f64, 1>, c: f64) -> f64 {
    c * u[0]
}

fn main() {}
