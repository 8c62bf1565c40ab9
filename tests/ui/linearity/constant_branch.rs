use halo::prelude::*;

#[stencil]
fn wall(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 { 1.0 } else { u[0] - u[-1] }
}

fn main() {}
