//! Widths of a halo as the reference states them: one number, trimmed at the ends of the grid, or a list, kept there.

use halo::{
    Boundary, Error, Grid, Result,
    operator::{Halo, HaloWidths},
};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Widths {
    Trimmed(usize),
    /// One for each axis, or two: minus, plus.
    Kept(Vec<usize>),
}

impl Widths {
    pub fn on<const D: usize>(&self, grid: &Grid<D>) -> Result<Halo<f64, D>> {
        match self {
            Widths::Trimmed(width) => Halo::new(grid, *width),
            Widths::Kept(list) => Halo::new(grid, sides(list)?)?.keep(Boundary::Zero),
        }
    }
}

fn sides<const D: usize>(list: &[usize]) -> Result<HaloWidths<D>> {
    match list.len() {
        n if n == D => Ok(std::array::from_fn(|axis| [list[axis]; 2]).into()),
        n if n == 2 * D => {
            Ok(std::array::from_fn(|axis| [list[2 * axis], list[2 * axis + 1]]).into())
        }
        n => Err(Error::Invalid(format!(
            "{n} halo widths are given for {D} axes; give one or two for each"
        ))),
    }
}
