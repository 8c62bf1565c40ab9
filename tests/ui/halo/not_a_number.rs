use halo::prelude::*;

const WIDTH: usize = 1;

#[stencil(halo = WIDTH)]
fn difference(u: Input<f64, 1>) -> f64 {
    u[1] - u[0]
}

fn main() {}
