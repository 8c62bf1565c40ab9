use halo::prelude::*;

#[stencil]
fn gradient(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[[0, 1]] * (u[[1]] - u[0])
}

fn main() {}
