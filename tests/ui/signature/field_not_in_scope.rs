//! The types of arguments are those of the program, not of the macro.

use halo::prelude::*;

#[stencil]
fn kernel(u: halo::stencil::Input<f64, 1>, k: Coeff<f64, 1>) -> f64 {
    k[0] * u[0]
}

fn main() {}
