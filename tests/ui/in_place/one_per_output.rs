use halo::prelude::*;

#[stencil(overwrite = a)]
fn turn(a: Input<f64, 1>, b: Input<f64, 1>) -> (f64, f64) {
    (a[0] - b[0], a[0] + b[0])
}

fn main() {}
