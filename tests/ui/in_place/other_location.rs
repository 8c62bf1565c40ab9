use halo::prelude::*;

#[stencil(overwrite = p)]
fn gradient(v: Input<f64, 1, Face<0>>, p: Input<f64, 1>) -> On<Face<0>, f64> {
    v[0] - p[0]
}

fn main() {}
