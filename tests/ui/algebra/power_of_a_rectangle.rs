//! A power of an operator from one space to another.

use halo::prelude::*;

#[stencil]
fn slope(u: Input<f64, 1>) -> On<Face<0>, f64> {
    u[0] - u[-1]
}

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let _ = Slope.on(&grid)?.pow(2);
    Ok(())
}
