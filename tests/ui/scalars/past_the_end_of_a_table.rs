use halo::prelude::*;

#[stencil]
fn filtered(u: Input<f64, 1>, w: Coef<[f64; 3], 1>) -> f64 {
    let mut sum = 0.0;
    for k in 0..4 {
        sum += w[0][k] * u[k as isize];
    }
    sum
}

fn main() {}
