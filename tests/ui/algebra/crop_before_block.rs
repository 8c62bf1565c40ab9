//! A chain in the wrong order: what a crop gives is a field, and a halo gives blocks.

use halo::operator::{Crop, Halo};
use halo::prelude::*;

fn main() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [8])?;
    let halo = Halo::<f64, 1>::new(&grid, 1)?;
    let _ = &halo * &halo + Crop::of(&halo);
    Ok(())
}
