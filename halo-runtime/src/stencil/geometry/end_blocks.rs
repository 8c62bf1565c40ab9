//! The blocks at the two ends of every axis, and the rows there that have a formula of their own.

use crate::grid::Grid;

/// The blocks at the two ends of every axis, and the rows there that have a formula of their own.
pub(super) struct EndBlocks<'a, const D: usize> {
    pub grid: &'a Grid<D>,
    pub cuts: [[isize; 2]; D],
}

impl<const D: usize> EndBlocks<'_, D> {
    /// Whether a tap that only the rows cut off at the ends of `axis` read stays in the block that owns the row.
    pub fn keep(&self, axis: usize, offset: &[isize; D]) -> bool {
        let decomposition = self.grid.decomposition();
        let last = decomposition.process_grid().dims[axis] - 1;
        let along_axis_alone = (0..D).all(|other| other == axis || offset[other] == 0);
        let room = |coordinate: usize, rows: isize| {
            decomposition.range(axis, coordinate).len() as isize >= rows + offset[axis].abs()
        };
        let [low, high] = self.cuts[axis];
        !self.grid.periodic()[axis] && along_axis_alone && room(0, low) && room(last, high)
    }
}
