use halo::prelude::*;

#[stencil(wrt = c)]
fn scaled(u: Input<f64, 1>, k: Coef<f64, 1>, c: f64) -> f64 {
    c * k[0] * u[0]
}

fn main() {}
