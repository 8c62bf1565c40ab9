//! A coefficient of `f32` for one of `f64`.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[0] * u[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let k = grid.field(|_| 1.0_f32);
    Kernel { k: k.into() }.on(&grid)?;
    Ok(())
}
