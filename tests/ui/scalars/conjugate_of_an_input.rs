use halo::prelude::*;

#[stencil]
fn mirrored(u: Input<Complex<f64>, 1>, k: Coef<Complex<f64>, 1>) -> Complex<f64> {
    k[0].conj() * u[1].conj()
}

fn main() {}
