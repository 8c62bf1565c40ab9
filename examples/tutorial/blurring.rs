//! The blur that the tour puts on its map, and takes off again: Gaussian, and wider from the north-west to the south-east.

use halo::Result;
use halo::prelude::*;
use ndarray::{Array3, Axis};

use super::comparison::Linear;
use super::kernels::Blur;

/// Its widths in cells: at the north-western corner, in the middle, at the south-eastern corner.
pub const WIDTHS: [f64; 3] = [0.7, 1.4, 2.4];

/// Entries of a filter.
const ENTRIES: usize = 13;

/// The blur on the grid of a map, from west to east and then from north to south. Beyond the edges the ground is
/// level; around a small map, whose blocks may be narrower than the blur, it is at height zero.
///
/// # Errors
/// The grid is too small for its ranks.
pub fn blur(grid: &Grid<2>) -> Result<Linear<2>> {
    // Three centres along each axis, from edge to edge; the width grows along the axis of the blur.
    let filters = Array3::from_shape_fn((3, 3, ENTRIES), |(along, _, entry)| {
        let distance = entry as f64 - (ENTRIES / 2) as f64;
        bell(distance / WIDTHS[along])
    });
    let filters = &filters / &filters.sum_axis(Axis(2)).insert_axis(Axis(2));
    let beyond = match grid.extent().iter().all(|cells| *cells >= 64) {
        true => Boundary::Clamp,
        false => Boundary::Zero,
    };
    let along = |axes: [usize; 2]| {
        let apart = axes.map(|axis| 0.5 * (grid.extent()[axis].max(2) - 1) as f64);
        let h = FilterBank::new(&filters, [0.0, 0.0], apart)?;
        Blur { h }.along(axes).boundary(beyond).on(grid)
    };
    Ok(along([0, 1])? * along([1, 0])?)
}

fn bell(distance: f64) -> f64 {
    (-0.5 * distance * distance).exp()
}
