//! A complex multiple of an operator between real spaces.

use halo::operator::Identity;
use halo::prelude::*;

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let identity = Identity::like(&grid.zeros::<f64>());
    let _ = Complex::<f64>::I * identity;
    Ok(())
}
