use halo::prelude::*;

#[stencil(halo = (2, 1))]
fn cross(u: Input<f64, 2>) -> f64 {
    let mut sum = 0.0;
    for k in -2..=2 {
        sum += u[[k, 0]] + u[[0, k]];
    }
    sum
}

fn main() {}
