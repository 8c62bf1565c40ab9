//! Ghosts beyond the ends of a grid: filled from the cells near the end, and folded back by the exact transpose.
//!
//! Fill and fold walk the same weights of [`Boundary`] over the same layers, the one axis by axis, the other in the
//! reverse order, so that corners, which are ghosts of ghosts, transpose as well. Ghosts that other ranks own are the
//! exchange's business; the fill reads them where it extends them past the end of another axis.

use arrayvec::ArrayVec;

use super::reach::Reach;
use crate::error::{Error, Result};
use crate::field::{Field, Values};
use crate::grid::{Boundary, Decomposition, Location, Region, Side};
use crate::scalar::Weigh;

/// The ghosts of one rank's block that lie outside the grid, and the boundary kinds that give them values.
///
/// ```
/// use halo::{Boundary, Comm, Grid};
/// use halo::exchange::PhysicalGhosts;
///
/// let grid = Grid::builder(&Comm::solo(), [5, 5]).margin([[1, 0], [1, 0]]).build()?;
/// let kinds = [[Boundary::Clamp; 2], [Boundary::Zero; 2]];
/// let ghosts = PhysicalGhosts::new(grid.decomposition(), 0, kinds, [[1, 0], [1, 0]])?;
/// let mut x = grid.field(|[i, j]| (i + j) as f64);
/// ghosts.fill(&x); // the forward side: row -1 repeats row 0
/// ghosts.fold(&mut x); // the adjoint side: row -1 is added to row 0
/// assert_eq!((x.get([0, 3]), x.get([1, 3])), (Some(6.0), Some(4.0)));
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PhysicalGhosts<const D: usize> {
    kinds: [[Boundary; 2]; D],
    /// As far as this block is read past.
    reach: [[usize; 2]; D],
    owned: Region<D>,
    /// Cells between the block and the end of the axis, `[low, high]`.
    beyond: [[usize; 2]; D],
    periodic: [bool; D],
}

impl<const D: usize> PhysicalGhosts<D> {
    /// The ghosts of `rank` up to the reach, `[low, high]` per axis. Kinds on periodic axes are ignored.
    ///
    /// Fields of another location than cells have a [`Decomposition::at`] of their own, and distances past an end count
    /// from their own last point.
    ///
    /// # Errors
    /// Those of [`PhysicalGhosts::check`], the same on every rank.
    pub fn new(
        decomposition: &Decomposition<D>,
        rank: usize,
        kinds: [[Boundary; 2]; D],
        reach: impl Into<Reach<D>>,
    ) -> Result<Self> {
        let reach = reach.into();
        Self::check(decomposition, kinds, reach)?;
        Ok(Self::unchecked(decomposition, rank, kinds, reach))
    }

    /// Ghosts that are filled and never folded, as those of passive fields: blocks of any size do for `Clamp`, whose one
    /// cell is among the exchanged ghosts where the block does not own it.
    ///
    /// # Errors
    /// Those of [`PhysicalGhosts::check`] for the other kinds, the same on every rank.
    pub(crate) fn to_fill(
        decomposition: &Decomposition<D>,
        rank: usize,
        kinds: [[Boundary; 2]; D],
        reach: impl Into<Reach<D>>,
    ) -> Result<Self> {
        let reach = reach.into();
        let strict = kinds.map(|sides| {
            sides.map(|kind| match kind {
                Boundary::Clamp => Boundary::Zero,
                other => other,
            })
        });
        Self::check(decomposition, strict, reach)?;
        Ok(Self::unchecked(decomposition, rank, kinds, reach))
    }

    fn unchecked(
        decomposition: &Decomposition<D>,
        rank: usize,
        kinds: [[Boundary; 2]; D],
        reach: Reach<D>,
    ) -> Self {
        let (block, extent) = (decomposition.block(rank), decomposition.extent());
        let periodic = decomposition.periodic();
        let beyond: [[usize; 2]; D] = std::array::from_fn(|axis| {
            let high = extent[axis] - block.end[axis] as usize;
            [block.start[axis] as usize, high]
        });
        let reach = std::array::from_fn(|axis| {
            let [low, high] = reach.sides[axis];
            match beyond[axis][1] == 0 && !periodic[axis] {
                true => [low, reach.past_end[axis]],
                false => [low, high],
            }
        });
        PhysicalGhosts {
            kinds,
            reach,
            owned: Region::of_extent(block.shape()),
            beyond,
            periodic,
        }
    }

    /// The same ghosts around a block and so many cells of its neighbours; nothing is added at the ends of the grid.
    pub(crate) fn grown(&self, growth: [[usize; 2]; D]) -> Self {
        let reach = std::array::from_fn(|axis| {
            [0, 1].map(|side: usize| {
                let at_end = self.beyond[axis][side] == 0 && !self.periodic[axis];
                self.reach[axis][side] + if at_end { 0 } else { growth[axis][side] }
            })
        });
        PhysicalGhosts {
            reach,
            ..self.clone()
        }
    }

    /// Whether the ghosts of every rank can be computed from its own block.
    ///
    /// All kinds but `Zero` and `Valid` read cells of the block at the end of the axis: as many as
    /// [`Boundary::cells_needed`] says, and where the axis has several blocks at least as many as the stencil reaches
    /// out, for otherwise the next block would see past the end as well.
    ///
    /// # Errors
    /// [`Error::AxisTooShort`] and [`Error::ThinBlock`], the same on every rank.
    pub fn check(
        decomposition: &Decomposition<D>,
        kinds: [[Boundary; 2]; D],
        reach: impl Into<Reach<D>>,
    ) -> Result {
        let reach = reach.into();
        let (extent, process_grid) = (decomposition.extent(), decomposition.process_grid());
        let sides = (0..D).flat_map(|axis| Side::BOTH.map(|side| (axis, side)));
        for (axis, side) in sides.filter(|&(axis, _)| !decomposition.periodic()[axis]) {
            let kind = kinds[axis][side.index()];
            let between_blocks = reach.sides[axis][side.index()];
            let past_end = match side {
                Side::Low => between_blocks,
                Side::High => reach.past_end[axis],
            };
            if !has_weights(kind) || past_end == 0 {
                continue;
            }
            let needed = kind.cells_needed(past_end);
            if extent[axis] < needed {
                return Err(Error::AxisTooShort {
                    axis,
                    extent: extent[axis],
                    needed,
                    boundary: kind.to_string(),
                });
            }
            let blocks = process_grid.dims[axis];
            let needed = if blocks > 1 {
                needed.max(between_blocks)
            } else {
                needed
            };
            let mut place = [0; D];
            place[axis] = match side {
                Side::Low => 0,
                Side::High => blocks - 1,
            };
            let owned = decomposition.range(axis, place[axis]).len();
            if owned < needed {
                return Err(Error::ThinBlock {
                    axis,
                    rank: process_grid.rank(place),
                    extent: owned,
                    needed,
                    boundary: kind.to_string(),
                });
            }
        }
        Ok(())
    }

    /// Layers of ghosts `[low, high]` per axis whose values the fold adds to owned cells: 0 where this block does not lie
    /// at the end of the axis, and where the boundary kind has no weights.
    ///
    /// The adjoint gather is to be evaluated on the owned cells grown by these layers, corners included.
    pub fn folded(&self) -> [[usize; 2]; D] {
        std::array::from_fn(|axis| {
            Side::BOTH.map(|side| match has_weights(self.kinds[axis][side.index()]) {
                true => self.layers(axis, side),
                false => 0,
            })
        })
    }

    /// Gives every ghost outside the grid its value, after the exchange. Allocates nothing.
    ///
    /// # Panics
    /// When cells of the field are still being read, or its margin is narrower than the reach.
    pub fn fill<S: Weigh, L: Location>(&self, field: &Field<S, D, L>) {
        self.fill_values(field.values());
    }

    /// As [`fill`](PhysicalGhosts::fill), whatever the location in the field's type.
    pub(crate) fn fill_values<S: Weigh>(&self, field: &Values<S, D>) {
        self.fill_within(field, &Region::everything());
    }

    /// Gives the ghosts in a window of local indices their values, of which those of earlier axes lie in the window too.
    pub(crate) fn fill_within<S: Weigh>(&self, field: &Values<S, D>, window: &Region<D>) {
        if !self.is_zero() {
            field.fills_beyond();
        } else if field.is_zero_beyond() {
            return;
        }
        self.fill_beside(field, window, |_, _| None);
    }

    /// As [`fill_values`](PhysicalGhosts::fill_values) beside walls: `value` is asked for that of the wall at an end of an axis,
    /// before the point at a global index, wherever the kind there has walls.
    pub(crate) fn fill_walls<S: Weigh>(
        &self,
        field: &Values<S, D>,
        value: impl Fn(usize, Side, [isize; D]) -> S,
    ) {
        field.fills_beyond();
        self.fill_beside(field, &Region::everything(), |layer, mut index| {
            let weight = layer.kind.wall_weight(layer.distance)?;
            let (axis, side) = (layer.axis, layer.side);
            index[axis] += layer.step_to(0);
            let global = std::array::from_fn(|axis| {
                let [before, after] = self.beyond[axis].map(|cells| cells as isize);
                let (index, extent) = (index[axis] + before, before + self.owned.end[axis] + after);
                match self.periodic[axis] {
                    true => index.rem_euclid(extent),
                    false => index,
                }
            });
            Some(value(axis, side, global).times(weight))
        });
    }

    /// Fills every ghost of a window, adding `wall(layer, local index)` where there is one.
    #[inline]
    fn fill_beside<S: Weigh>(
        &self,
        field: &Values<S, D>,
        window: &Region<D>,
        wall: impl Fn(&Layer, [isize; D]) -> Option<S>,
    ) {
        let layout = field.layout();
        let ghosts = field.ghosts();
        let mut known = self.exchanged();
        for axis in 0..D {
            let stride = layout.strides()[axis] as isize;
            for layer in self.layers_along(axis) {
                let terms = layer.terms(stride);
                let region = known.with_axis(axis, layer.index, layer.index + 1);
                let region = region.intersect(window);
                for (row, at) in ghosts.rows(&region).zip(layout.rows(&region)) {
                    for k in 0..row.len() {
                        let mut index = at.index;
                        index[D - 1] += k as isize;
                        let beside = wall(&layer, index);
                        let Some((first, others)) = terms.split_first() else {
                            row.set(k, beside.unwrap_or_else(S::zeroed));
                            continue;
                        };
                        let ghost = row.offset() + k;
                        let term = |&(step, weight): &(isize, i64)| {
                            let cell: S = ghosts.get(ghost.wrapping_add_signed(step));
                            cell.times(weight)
                        };
                        let value = others
                            .iter()
                            .fold(term(first), |sum, other| sum.plus(term(other)));
                        row.set(k, beside.map_or(value, |beside| value.plus(beside)));
                    }
                }
            }
            let [low, high] = self.reach[axis].map(|reach| reach as isize);
            known = known.with_axis(axis, -low, self.owned.end[axis] + high);
        }
    }

    /// Adds every ghost outside the grid to the cells its value is made of: the exact transpose of the fill.
    ///
    /// Takes the ghosts of the [`folded`](PhysicalGhosts::folded) layers, corners included, and leaves them with
    /// meaningless values. The order of additions depends on global positions only. Allocates nothing.
    ///
    /// # Panics
    /// When the margin of the field is narrower than the [`folded`](PhysicalGhosts::folded) layers.
    pub fn fold<S: Weigh, L: Location>(&self, field: &mut Field<S, D, L>) {
        self.fold_values(field.values_mut());
    }

    /// As [`fold`](PhysicalGhosts::fold), whatever the location in the field's type.
    pub(crate) fn fold_values<S: Weigh>(&self, field: &mut Values<S, D>) {
        self.fold_from(field, self.owned.grow(self.folded()), self.owned);
    }

    /// As [`fold_values`](PhysicalGhosts::fold_values), with the ghosts that other ranks own taking part: the exact
    /// transpose of the fill of a whole haloed block.
    pub(crate) fn fold_block<S: Weigh>(&self, field: &mut Values<S, D>) {
        self.fold_from(field, self.owned.grow(self.reach), self.exchanged());
    }

    /// Folds the ghosts of `all` into the points of `inside`.
    fn fold_from<S: Weigh>(&self, field: &mut Values<S, D>, all: Region<D>, inside: Region<D>) {
        if self.is_zero() {
            // The ghosts stay what they are known to be.
            return;
        }
        let layout = *field.layout();
        let cells = field.cells_mut();
        let mut rest = all;
        for axis in (0..D).rev() {
            rest = rest.with_axis(axis, inside.start[axis], inside.end[axis]);
            let stride = layout.strides()[axis] as isize;
            // Layers without weights fold nothing, and need not even lie in the margin.
            for layer in self
                .layers_along(axis)
                .filter(|layer| has_weights(layer.kind))
            {
                let terms = layer.terms(stride);
                for row in layout.rows(&rest.with_axis(axis, layer.index, layer.index + 1)) {
                    for ghost in row.offset..row.offset + row.len {
                        for &(step, weight) in &terms {
                            let cell = ghost.wrapping_add_signed(step);
                            cells[cell] = cells[cell].plus(cells[ghost].times(weight));
                        }
                    }
                }
            }
        }
    }

    /// Whether all ghosts outside the grid are zero where there are no walls.
    pub(crate) fn is_zero(&self) -> bool {
        let layers = (0..D).flat_map(|axis| self.layers_along(axis));
        layers.into_iter().all(|layer| !has_weights(layer.kind))
    }

    /// Number of layers outside the grid at one end of an axis.
    fn layers(&self, axis: usize, side: Side) -> usize {
        match self.periodic[axis] {
            true => 0,
            false => self.reach[axis][side.index()].saturating_sub(self.beyond[axis][side.index()]),
        }
    }

    /// The owned cells and the ghosts that other ranks own.
    fn exchanged(&self) -> Region<D> {
        let outside = std::array::from_fn(|axis| Side::BOTH.map(|side| self.layers(axis, side)));
        self.owned.grow(self.reach).shrink(outside)
    }

    /// The layers outside the grid along an axis, the low end first, from the grid outward.
    fn layers_along(&self, axis: usize) -> impl Iterator<Item = Layer> + '_ {
        Side::BOTH.into_iter().flat_map(move |side| {
            let beyond = self.beyond[axis][side.index()] as isize;
            let (end, outward) = match side {
                Side::Low => (-beyond, -1),
                Side::High => (self.owned.end[axis] - 1 + beyond, 1),
            };
            (1..=self.layers(axis, side)).map(move |distance| Layer {
                axis,
                side,
                kind: self.kinds[axis][side.index()],
                distance,
                outward,
                index: end + outward * distance as isize,
            })
        })
    }
}

/// The ghosts at one distance past an end of an axis.
struct Layer {
    axis: usize,
    side: Side,
    kind: Boundary,
    distance: usize,
    /// The step out of the grid: -1 at the low end, 1 at the high end.
    outward: isize,
    /// Local index along the axis.
    index: isize,
}

impl Layer {
    /// The cells a ghost is made of, as distances in a storage of this stride, with their weights.
    fn terms(&self, stride: isize) -> ArrayVec<(isize, i64), 2> {
        let weights = self.kind.ghost(self.distance);
        weights
            .iter()
            .map(|&(j, weight)| (self.step_to(j) * stride, weight))
            .collect()
    }

    /// The step along the axis from the ghost to the cell `j`, counted inward from the end.
    fn step_to(&self, j: usize) -> isize {
        -self.outward * (self.distance + j) as isize
    }
}

fn has_weights(kind: Boundary) -> bool {
    kind.cells_needed(2) > 0
}

#[cfg(test)]
mod tests;
