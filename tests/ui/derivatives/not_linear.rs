use halo::prelude::*;

#[stencil(wrt = (k, rho))]
fn diffusion(u: Input<f64, 1>, k: Coef<f64, 1>, rho: Coef<f64, 1>) -> f64 {
    (k[1] * (u[1] - u[0]) - k[0] * (u[0] - u[-1])) / rho[0]
}

fn main() {}
