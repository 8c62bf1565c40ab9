use halo::prelude::*;

#[stencil]
fn scaled<T: Scalar>(u: Input<T, 1>, dt: f64) -> T {
    T::from_f64(0.5 * dt) * u[0]
}

fn main() {}
