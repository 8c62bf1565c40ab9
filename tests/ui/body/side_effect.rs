use halo::prelude::*;

#[stencil]
fn chatty(u: Input<f64, 1>, dt: f64) -> f64 {
    println!("dt = {dt}");
    dt * u[0]
}

fn main() {}
