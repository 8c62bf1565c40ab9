use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 1>) -> f64 {
    u[1] - u[0]
}

fuse!(Bend = slope(slope));

fn main() {}
