use halo::prelude::*;

#[stencil]
fn derivative(u: Input<f64, 1>, order: u8) -> f64 {
    match order {
        2 => 0.5 * (u[1] - u[-1]),
        _ => panic!("no such order"),
    }
}

fn main() {}
