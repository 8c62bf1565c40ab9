use halo::prelude::*;

#[stencil]
fn flux(u: Input<f64, 2>, k: Coef<f64, 1>) -> f64 {
    k[0] * (u[[1, 0]] - u[[0, 0]])
}

fn main() {}
