//! A mistake in each of two kernels, and in neither a second one.

use halo::prelude::*;

#[stencil]
fn squared(u: Input<f64, 1>) -> f64 {
    u[0] * u[0]
}

#[stencil(halo = 1)]
fn far(u: Input<f64, 1>) -> f64 {
    u[2] - u[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let x = grid.field(|[i]| i as f64);
    let y = Squared.on(&grid)?.forward(&x)?;
    Far.on(&grid)?.adjoint(&y)?;
    Ok(())
}
