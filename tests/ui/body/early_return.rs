use halo::prelude::*;

#[stencil]
fn edges(u: Input<f64, 1>, at: Position<1>) -> f64 {
    if at.from_low(0) < 1 {
        return u[1] - u[0];
    }
    0.5 * (u[1] - u[-1])
}

fn main() {}
