//! A type of the program that is multiplied with inputs: the macro takes numbers only.

use halo::prelude::*;

#[derive(Clone, Copy)]
struct Metre(f64);

impl std::ops::Mul<f64> for Metre {
    type Output = f64;

    fn mul(self, other: f64) -> f64 {
        self.0 * other
    }
}

#[stencil]
fn kernel(u: Input<f64, 1>, length: Metre) -> f64 {
    length * u[0]
}

fn main() {}
