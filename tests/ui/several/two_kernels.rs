use halo::prelude::*;

#[stencil(halo = 1)]
fn first(u: Input<f64, 1>) -> f64 {
    u[2] - u[0]
}

#[stencil]
fn second(u: Input<f64, 1>) -> f64 {
    u[1] + 1.0
}

#[stencil]
fn third(u: Input<f64, 1>) -> f64 {
    u[1] - u[0]
}

fn main() {}
