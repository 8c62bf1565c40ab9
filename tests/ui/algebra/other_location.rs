//! A gradient gives faces; its square does not exist.

use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 2>) -> On<Face<0>, f64> {
    u[[0, 0]] - u[[-1, 0]]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8, 8])?;
    let slope = Slope.on(&grid)?;
    let _ = &slope * &slope;
    Ok(())
}
