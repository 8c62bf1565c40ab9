//! A field of `f32` for one of `f64`.

use halo::prelude::*;

#[stencil]
fn kernel(u: Input<f64, 1>) -> f64 {
    u[0]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let x = grid.field(|_| 1.0_f32);
    Kernel.on(&grid)?.forward(&x)?;
    Ok(())
}
