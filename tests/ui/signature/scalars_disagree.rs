use halo::prelude::*;

#[stencil]
fn flux(u: Input<f64, 1>, k: Coef<f32, 1>) -> f64 {
    f64::from(k[0]) * (u[1] - u[0])
}

fn main() {}
