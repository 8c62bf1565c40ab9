use halo::prelude::*;

const RADIUS: isize = 2;

#[stencil]
fn wide(u: Input<f64, 1>) -> f64 {
    u[RADIUS] - u[-RADIUS]
}

fn main() {}
