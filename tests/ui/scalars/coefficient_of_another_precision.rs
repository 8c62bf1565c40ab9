use halo::prelude::*;

#[stencil]
fn damped(u: Input<Complex<f64>, 1>, k: Coef<f32, 1>) -> Complex<f64> {
    f64::from(k[0]) * u[0]
}

fn main() {}
