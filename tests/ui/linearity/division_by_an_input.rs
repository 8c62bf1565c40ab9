use halo::prelude::*;

#[stencil]
fn ratio(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    k[[0, 0]] / (u[[0, 1]] + u[[0, 0]])
}

fn main() {}
