//! The blur that the tour puts on its map, and takes off again: Gaussian, and wider from the north-west to the south-east.

use halo::Result;
use halo::prelude::*;
use ndarray::{Array3, Axis};

use super::comparison::Linear;
use super::kernels::{BlurEastward, BlurSouthward};

/// Its widths in cells: at the north-western corner, in the middle, at the south-eastern corner.
pub const WIDTHS: [f64; 3] = [0.7, 1.4, 2.4];

/// Entries of a filter.
const ENTRIES: usize = 13;

/// The blur on the grid of a map, from west to east and then from north to south. Beyond the edges the ground is level.
///
/// # Errors
/// The grid is too small for its ranks.
pub fn blur(grid: &Grid<2>) -> Result<Linear<2>> {
    let h = |axis: usize| {
        let filters = Array3::from_shape_fn((3, 3, ENTRIES), |(south, east, entry)| {
            let distance = entry as f64 - (ENTRIES / 2) as f64;
            bell(distance / WIDTHS[[south, east][axis]])
        });
        let sums = filters.sum_axis(Axis(2)).insert_axis(Axis(2));
        // Three centres along each axis, from edge to edge.
        let apart = grid.extent().map(|cells| 0.5 * (cells.max(2) - 1) as f64);
        FilterBank::new(&(filters / sums), [0.0, 0.0], apart)
    };
    let eastward = BlurEastward { h: h(1)? }.boundary(Boundary::Clamp);
    let southward = BlurSouthward { h: h(0)? }.boundary(Boundary::Clamp);
    Ok(southward.on(grid)? * eastward.on(grid)?)
}

fn bell(distance: f64) -> f64 {
    (-0.5 * distance * distance).exp()
}
