//! Items of inner blocks are items of the kernel.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    let a = {
        const REACH: isize = 1;
        u[REACH]
    };
    let b = {
        const REACH: isize = 2;
        u[REACH]
    };
    a + b
}

fn main() {}
