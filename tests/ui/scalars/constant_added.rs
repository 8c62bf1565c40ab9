use halo::prelude::*;

#[stencil]
fn shifted<T: Scalar>(u: Input<T, 1>) -> T {
    u[0] + 1.0 + T::ZERO
}

fn main() {}
