use halo::prelude::*;

#[stencil]
fn source(u: Input<f64, 2>, k: Coef<f64, 2>) -> (f64, f64) {
    (u[[0, 0]], 2.0 * k[[0, 0]])
}

fn main() {}
