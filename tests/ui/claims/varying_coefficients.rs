use halo::prelude::*;

#[stencil(derivative = 1, order = 2)]
fn advection(u: Input<f64, 1>, c: Coef<f64, 1>) -> f64 {
    c[0] * (u[1] - u[-1])
}

fn main() {}
