//! Operators on grids of two and of three axes below one another.

use halo::operator::Identity;
use halo::prelude::*;

fn main() -> halo::Result {
    let plane = Grid::new(&Comm::solo(), [8, 8])?;
    let volume = Grid::new(&Comm::solo(), [8, 8, 8])?;
    let of_plane = Identity::like(&plane.zeros::<f64>());
    let of_volume = Identity::like(&volume.zeros::<f64>());
    let _ = (of_plane, of_volume).vertical()?;
    Ok(())
}
