use halo::prelude::*;

#[stencil]
fn reversed(u: Input<f64, 1>, at: Position<1>) -> f64 {
    u[at.from_high(0) - at.from_low(0)]
}

fn main() {}
