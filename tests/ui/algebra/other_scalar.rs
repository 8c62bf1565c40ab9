//! A sum of operators on `f32` and on `f64`.

use halo::operator::Identity;
use halo::prelude::*;

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let single = Identity::like(&grid.zeros::<f32>());
    let double = Identity::like(&grid.zeros::<f64>());
    let _ = single + double;
    Ok(())
}
