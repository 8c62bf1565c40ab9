use halo::prelude::*;

#[stencil]
fn lap(u: Input<Complex<i32>, 1>) -> Complex<i32> {
    u[1] - u[0]
}

fn main() {}
