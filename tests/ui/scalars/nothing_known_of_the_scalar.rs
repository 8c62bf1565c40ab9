use halo::prelude::*;

#[stencil]
fn lap<T>(u: Input<T, 1>) -> T {
    u[1] - u[0]
}

fn main() {}
