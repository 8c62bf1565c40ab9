//! Two inputs are a tuple of fields.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, v: Input<f64, 1>) -> f64 {
    u[0] + v[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let x = grid.field(|_| 1.0);
    Kernel.on(&grid)?.forward(&x)?;
    Ok(())
}
