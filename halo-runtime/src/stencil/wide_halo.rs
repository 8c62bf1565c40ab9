//! The halo of several steps: fetched once, so that the steps of a pass need no message between them.
//!
//! A block computes of every step all points that its own points of the last step are made of; those near a seam belong to a
//! neighbour, which computes them as well, from the same values by the same formula.

use crate::{
    error::Result,
    exchange::{Exchange, Footprint, PhysicalGhosts},
    grid::{Decomposition, Grid},
    scalar::Element,
    stencil::geometry::{Geometry, PassGeometry},
};

/// What a pass of so many steps fetches and fills before the first of them.
pub(super) struct WideHalo<S: Element, const D: usize> {
    pub steps: usize,
    /// The messages of a field.
    pub exchange: Exchange<S, D>,
    /// The ghosts beyond the ends of the grid, those beside the points of neighbours included; none where none are read.
    pub ghosts: Option<PhysicalGhosts<D>>,
    /// The direction of the stencil, with periodic axes that go on beyond their ends.
    pub pass: PassGeometry<D>,
    /// Ghosts that a field needs room for.
    pub margin: [[usize; 2]; D],
    /// By how much the first step goes further than the last, at seams.
    pub growth: [[usize; 2]; D],
}

impl<S: Element, const D: usize> WideHalo<S, D> {
    /// Collective: opens the messages. `reach` is how far a step reads the field, `ghosts` what one step fills.
    pub fn new(
        grid: &Grid<D>,
        pass: &PassGeometry<D>,
        reach: [[usize; 2]; D],
        ghosts: Option<&PhysicalGhosts<D>>,
        steps: usize,
    ) -> Result<Self> {
        let location = pass.targets[0];
        let points = grid.decomposition().at(location);
        let growth = std::array::from_fn(|axis| match has_seams(&points, axis) {
            true => reach[axis].map(|side| (steps - 1) * side),
            false => [0; 2],
        });
        let margin = std::array::from_fn(|axis| {
            [0, 1].map(|side: usize| reach[axis][side] + growth[axis][side])
        });
        Ok(WideHalo {
            steps,
            exchange: Exchange::at(grid, location, &Footprint::frame(margin))?,
            ghosts: ghosts.map(|ghosts| ghosts.grown(growth)),
            pass: pass.unrolled(grid),
            margin,
            growth,
        })
    }
}

/// Steps that a pass can have for the blocks to have the halo of all of them: each finds it in its next neighbours.
pub(super) fn most_steps<const D: usize>(
    points: &Decomposition<D>,
    reach: [[usize; 2]; D],
) -> usize {
    let along = |axis: usize| {
        let blocks = 0..points.process_grid().dims[axis];
        let thinnest = blocks.map(|block| points.range(axis, block).len()).min();
        match reach[axis][0].max(reach[axis][1]) {
            0 => usize::MAX,
            _ if !has_seams(points, axis) => usize::MAX,
            reach => thinnest.unwrap_or(0) / reach,
        }
    };
    (0..D).map(along).min().unwrap_or(1).max(1)
}

/// Widths of the seams of a block: `reach` at the sides at which blocks lie, 0 at the ends of the grid.
pub(super) fn seams<const D: usize>(
    geometry: &Geometry<D>,
    grid: &Grid<D>,
    reach: [[usize; 2]; D],
) -> [[usize; 2]; D] {
    let ends = geometry.ends(grid);
    std::array::from_fn(|axis| {
        [0, 1].map(|side: usize| match ends[axis][side] {
            true => 0,
            false => reach[axis][side],
        })
    })
}

/// Whether blocks lie beside blocks along an axis, themselves included.
fn has_seams<const D: usize>(points: &Decomposition<D>, axis: usize) -> bool {
    points.process_grid().dims[axis] > 1 || points.periodic()[axis]
}
