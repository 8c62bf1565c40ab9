use halo::prelude::*;

#[stencil]
fn identity(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    k[[0, 0]] * u
}

fn main() {}
