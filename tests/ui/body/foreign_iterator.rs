use halo::prelude::*;

#[stencil]
fn sum(u: Input<f64, 1>) -> f64 {
    let reads: [f64; 3] = std::array::from_fn(|i| u[i as isize]);
    reads[0] + reads[2]
}

fn main() {}
