use halo::prelude::*;

#[stencil]
fn both(u: Input<f64, 1>, at: Position<1>) -> (f64, On<Face<0>, f64>) {
    if at.from_high(0) < 1 {
        (u[0], u[-1])
    } else {
        (u[1] - u[0], u[0] - u[-1])
    }
}

fn main() {}
