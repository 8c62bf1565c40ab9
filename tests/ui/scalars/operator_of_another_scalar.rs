use halo::prelude::*;

#[stencil]
fn mean<T: Scalar>(u: Input<T, 1>) -> T {
    0.5 * (u[-1] + u[1])
}

fn main() {
    let _: Option<Mean<i32>> = None;
}
