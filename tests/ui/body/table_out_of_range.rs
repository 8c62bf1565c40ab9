use halo::prelude::*;

#[stencil]
fn weighted(u: Input<f64, 1>) -> f64 {
    const W: [f64; 2] = [0.5, 0.25];
    let mut sum = 0.0;
    for k in 0..3 {
        sum += W[k as usize] * u[k];
    }
    sum
}

fn main() {}
