use halo::prelude::*;

#[stencil]
fn difference<T: Copy>(u: Input<T, 1>) -> T {
    u[0]
}

fn main() {}
