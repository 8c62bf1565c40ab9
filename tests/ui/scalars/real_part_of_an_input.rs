use halo::prelude::*;

#[stencil]
fn projected(u: Input<Complex<f64>, 1>, c: Complex<f64>) -> Complex<f64> {
    c * u[0].re
}

fn main() {}
