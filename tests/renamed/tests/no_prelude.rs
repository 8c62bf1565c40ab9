//! No expansion needs the standard prelude.

#![no_implicit_prelude]
#![deny(warnings)]

use ::core::convert::Into;
use ::stencils::operator::{LinearOperator, StencilExt};
use ::stencils::stencil::{Coef, Input, Position};
use ::stencils::{stencil, Comm, Grid, On};

/// All that an expansion can hold: a coefficient, a position, a condition, several outputs at several places.
#[stencil(crate = ::stencils)]
fn slopes(
    u: Input<f64, 2>,
    k: Coef<f64, 2>,
    at: Position<2>,
    dt: f64,
) -> (f64, On<::stencils::Face<1>, f64>) {
    let ahead = if at.from_low(0) < 1 {
        u[[1, 0]] - u[[0, 0]]
    } else {
        u[[0, 0]] - u[[-1, 0]]
    };
    (dt * k[[0, 0]] * ahead, k[[0, 0]] * (u[[0, 0]] - u[[0, -1]]))
}

/// Long enough to be a loop.
#[stencil(crate = ::stencils)]
fn smooth(u: Input<f32, 1>, w: [f32; 81]) -> f32 {
    let mut sum = 0.0;
    for i in 0..81 {
        sum += w[i as usize] * u[i - 40];
    }
    sum
}

#[test]
fn kernels_need_no_prelude() -> ::stencils::Result {
    let grid = Grid::new(&Comm::solo(), [6, 5])?;
    let slopes = Slopes {
        k: 2.0.into(),
        dt: 0.5,
    };
    slopes.on(&grid)?.exact_adjoint_test()?;
    let line = Grid::new(&Comm::solo(), [100])?;
    Smooth { w: [0.125; 81] }.on(&line)?.exact_adjoint_test()
}
