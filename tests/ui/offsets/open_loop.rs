use halo::prelude::*;

#[stencil]
fn average(u: Input<f64, 1>, radius: isize) -> f64 {
    let mut sum = 0.0;
    for k in -radius..=radius {
        sum += u[k];
    }
    sum
}

fn main() {}
