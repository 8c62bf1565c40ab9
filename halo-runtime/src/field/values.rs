//! The part of a field in whose type the location does not show: the values of this rank's block.
//!
//! All that is only read of a field is defined here. Exchange, ghosts and driver work on values too, so that they are
//! compiled once for fields of all locations.

use ndarray::{ArrayView, IntoDimension};

use super::field::Shape;
use super::layout::{Layout, Row};
use super::noise::Noise;
use super::storage::{Ghosts, Reading, Storage};
use crate::error::{Error, Result};
use crate::grid::{Grid, Region, Staggering};
use crate::scalar::Element;

/// The values of a [`Field`](crate::Field), whatever the location in its type; a field dereferences to them.
#[derive(Clone)]
pub struct Values<T: Element, const D: usize> {
    grid: Grid<D>,
    staggering: Staggering,
    block: Region<D>,
    storage: Storage<T, D>,
}

impl<T: Element, const D: usize> Values<T, D> {
    /// Zeros within a margin of `[low, high]` ghosts per axis, whatever margin the grid gives.
    pub(crate) fn with_margin(
        grid: &Grid<D>,
        staggering: Staggering,
        margin: [[usize; 2]; D],
    ) -> Self {
        let block = grid.block_of(staggering);
        Values {
            grid: grid.clone(),
            staggering,
            block,
            storage: Storage::new(Layout::new(block.shape(), margin, size_of::<T>())),
        }
    }

    /// The grid the field lives on.
    pub fn grid(&self) -> &Grid<D> {
        &self.grid
    }

    /// The cells of this rank, in global indices.
    pub fn block(&self) -> Region<D> {
        self.block
    }

    /// Number of cells per axis, all ranks together: the grid's extent, or that of the field's location.
    pub fn extent(&self) -> [usize; D] {
        self.grid.extent_of(self.staggering)
    }

    /// Ghosts `[low, high]` per axis around the owned cells.
    pub fn margin(&self) -> [[usize; 2]; D] {
        self.layout().margin()
    }

    /// Along which axes the points are staggered.
    pub fn staggering(&self) -> Staggering {
        self.staggering
    }

    /// The value at a global index where this rank owns it, none elsewhere.
    pub fn get(&self, index: [usize; D]) -> Option<T> {
        let offset = self.offset_of(index)?;
        Some(self.storage.get(offset))
    }

    /// This rank's owned cells as an array, without ghosts. No copy.
    pub fn view(&self) -> ArrayView<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        self.storage.view()
    }

    pub(crate) fn storage_mut(&mut self) -> &mut Storage<T, D> {
        &mut self.storage
    }

    /// Calls `change` with the global index of every owned cell and the cell itself, in row-major order.
    pub fn update(&mut self, mut change: impl FnMut([usize; D], &mut T)) {
        let start = self.block.start;
        for (row, points) in self.rows_mut() {
            let mut index = std::array::from_fn(|axis| (start[axis] + row.index[axis]) as usize);
            for point in points {
                change(index, point);
                index[D - 1] += 1;
            }
        }
    }

    /// Copies the other field's cells; the margins may differ.
    ///
    /// # Errors
    /// [`Error::GridMismatch`] where the fields live on different grids, [`Error::Invalid`] where they lie at different
    /// locations.
    pub fn set_from(&mut self, other: &Values<T, D>) -> Result {
        self.grid.expect_same(&other.grid, "the other field")?;
        if self.staggering != other.staggering {
            return Err(Error::Invalid(format!(
                "values at {} cannot be copied to {}; average them there with a stencil",
                other.staggering, self.staggering
            )));
        }
        for ((_, points), (_, values)) in self.rows_mut().zip(other.rows()) {
            points.copy_from_slice(values);
        }
        Ok(())
    }

    /// Sets every point from its hash: the value depends on the noise and the global index alone.
    pub(crate) fn fill_noise(&mut self, noise: Noise, value: impl Fn([u64; 2]) -> T) {
        let extent = self.extent();
        self.update(|index, point| {
            let linear = index
                .iter()
                .zip(extent)
                .fold(0, |linear, (i, n)| linear * n + i);
            *point = value(noise.bits(linear as u64));
        });
    }

    pub(crate) fn layout(&self) -> &Layout<D> {
        self.storage.layout()
    }

    /// The owned rows, indices counted from the first owned point.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Row<D>, &[T])> {
        self.storage.rows()
    }

    /// The owned rows to write, indices counted from the first owned point.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = (Row<D>, &mut [T])> {
        self.storage.rows_mut()
    }

    /// All points, ghosts included, to read; refused while [`Values::ghosts`] are alive.
    pub(crate) fn reading(&self) -> Reading<'_, T, D> {
        self.storage.reading()
    }

    /// The ghosts to write, which leaves the values alone; refused while a [`Values::reading`] is alive.
    pub(crate) fn ghosts(&self) -> Ghosts<'_, T, D> {
        self.storage.ghosts()
    }

    /// All points, ghosts included, to write.
    pub(crate) fn cells_mut(&mut self) -> &mut [T] {
        self.storage.cells_mut()
    }

    /// As [`cells_mut`](Values::cells_mut), by somebody who writes no ghost beyond the ends of the grid.
    pub(crate) fn cells_within_mut(&mut self) -> &mut [T] {
        self.storage.cells_within_mut()
    }

    /// Whether the ghosts beyond the ends of the grid are known to be zero.
    pub(crate) fn is_zero_beyond(&self) -> bool {
        self.storage.is_zero_beyond()
    }

    /// Notes that ghosts beyond the ends of the grid have other values from now on.
    pub(crate) fn fills_beyond(&self) {
        self.storage.fills_beyond();
    }

    /// Offset in the storage of a global index that this rank owns.
    pub(super) fn offset_of(&self, index: [usize; D]) -> Option<usize> {
        let block = self.block();
        let index = index.map(|i| isize::try_from(i).unwrap_or(isize::MAX));
        let local = std::array::from_fn(|axis| index[axis] - block.start[axis]);
        block.contains(index).then(|| self.layout().offset(local))
    }
}
