use halo::prelude::*;

const AXIS: usize = 1;

#[stencil]
fn slope(u: Input<f64, 2, Face<AXIS>>, v: Input<f64, 2, Face<4>>) -> f64 {
    u[[1, 0]] - v[[0, 0]]
}

fn main() {}
