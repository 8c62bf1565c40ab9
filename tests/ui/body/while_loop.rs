use halo::prelude::*;

#[stencil]
fn average(u: Input<f64, 1>) -> f64 {
    let mut sum = 0.0;
    let mut k = -2;
    while k <= 2 {
        sum += u[k];
        k += 1;
    }
    sum / 5.0
}

fn main() {}
