use halo::prelude::*;

fn limiter(slope: f64) -> f64 {
    slope.clamp(-1.0, 1.0)
}

#[stencil]
fn limited(u: Input<f64, 1>) -> f64 {
    let magnitude = u[0].abs();
    limiter(u[1] - u[0]) + magnitude
}

fn main() {}
