//! One array over a whole grid, each rank holding its block of it.
//!
//! A field is its grid and the storage of one block. Verbs that touch cells work on this rank's owned cells alone;
//! those that need all ranks say *collective*. Ghosts are nobody's value: they belong to the exchange.

use std::fmt;

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use super::layout::{Layout, Row};
use super::noise::Noise;
use super::storage::{Ghosts, Reading, Storage};
use crate::error::Result;
use crate::grid::{Grid, Region};
use crate::scalar::{Element, Scalar};

/// The dimension type of ndarray for arrays of D axes.
pub type Shape<const D: usize> = <[usize; D] as IntoDimension>::Dim;

/// An array of `T` over a [`Grid`]; this rank holds its block.
///
/// It can be sent to another thread, not shared between threads: exchanges refill its ghosts through `&Field`.
///
/// ```
/// use halo::Grid;
///
/// let largest = halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [8, 8])?;
///     let x = grid.field(|[i, j]| (i * j) as f64);
///     let mut y = x.map(|value| 2.0 * value);
///     y.axpy(-1.0, &x)?;
///     y.max_abs()
/// })?;
/// assert_eq!(largest, 49.0);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
pub struct Field<T: Element, const D: usize> {
    grid: Grid<D>,
    storage: Storage<T, D>,
}

impl<const D: usize> Grid<D> {
    /// The field with `value(index)` in every cell; indices are global.
    ///
    /// ```
    /// use halo::{Comm, Grid};
    ///
    /// let grid = Grid::new(&Comm::solo(), [3, 4])?;
    /// let x = grid.field(|[i, j]| (10 * i + j) as f64);
    /// assert_eq!(x.view()[[2, 3]], 23.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn field<T: Element>(&self, mut value: impl FnMut([usize; D]) -> T) -> Field<T, D> {
        let mut field = self.zeros();
        field.update(|index, cell| *cell = value(index));
        field
    }

    /// The field of zeros.
    pub fn zeros<T: Element>(&self) -> Field<T, D> {
        Field::with_margin(self, self.margin())
    }

    /// A field of numbers uniform in [-1, 1) that depend on `seed` and the global index alone: the same field on any
    /// number of ranks.
    pub fn random<T: Scalar>(&self, seed: u64) -> Field<T, D> {
        let mut field = self.zeros();
        field.fill_noise(Noise::new(seed, 0), T::from_hash);
        field
    }
}

impl<T: Element, const D: usize> Field<T, D> {
    /// Zeros within a margin of `[low, high]` ghosts per axis, whatever margin the grid gives.
    pub(crate) fn with_margin(grid: &Grid<D>, margin: [[usize; 2]; D]) -> Self {
        let layout = Layout::new(grid.block().shape(), margin, size_of::<T>());
        Field {
            grid: grid.clone(),
            storage: Storage::new(layout),
        }
    }

    /// The grid the field lives on.
    pub fn grid(&self) -> &Grid<D> {
        &self.grid
    }

    /// The cells of this rank, in global indices.
    pub fn block(&self) -> Region<D> {
        self.grid.block()
    }

    /// Ghosts `[low, high]` per axis around the owned cells.
    pub fn margin(&self) -> [[usize; 2]; D] {
        self.layout().margin()
    }

    /// The value at a global index where this rank owns it, none elsewhere.
    pub fn get(&self, index: [usize; D]) -> Option<T> {
        self.offset_of(index).map(|offset| self.storage.get(offset))
    }

    /// The cell at a global index where this rank owns it, none elsewhere.
    ///
    /// ```
    /// use halo::{Comm, Grid};
    ///
    /// let mut spike = Grid::new(&Comm::solo(), [5, 5])?.zeros::<f64>();
    /// if let Some(cell) = spike.get_mut([2, 2]) {
    ///     *cell = 1.0;
    /// }
    /// assert_eq!(spike.sum()?, 1.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn get_mut(&mut self, index: [usize; D]) -> Option<&mut T> {
        let offset = self.offset_of(index)?;
        Some(&mut self.storage.cells_mut()[offset])
    }

    /// This rank's owned cells as an array, without ghosts. No copy.
    pub fn view(&self) -> ArrayView<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        self.storage.view()
    }

    /// This rank's owned cells as an array to write, without ghosts. No copy.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        self.storage.view_mut()
    }

    /// Sets every cell to `value`.
    pub fn fill(&mut self, value: T) {
        self.rows_mut().for_each(|(_, cells)| cells.fill(value));
    }

    /// Calls `change` with the global index of every owned cell and the cell itself, in row-major order.
    pub fn update(&mut self, mut change: impl FnMut([usize; D], &mut T)) {
        let start = self.block().start;
        for (row, cells) in self.rows_mut() {
            let mut index = std::array::from_fn(|axis| (start[axis] + row.index[axis]) as usize);
            for cell in cells {
                change(index, cell);
                index[D - 1] += 1;
            }
        }
    }

    /// The field of `change(value)` of every cell.
    pub fn map<U: Element>(&self, mut change: impl FnMut(T) -> U) -> Field<U, D> {
        let mut result = Field::with_margin(&self.grid, self.margin());
        for ((_, target), (_, source)) in result.rows_mut().zip(self.rows()) {
            target
                .iter_mut()
                .zip(source)
                .for_each(|(target, &value)| *target = change(value));
        }
        result
    }

    /// Calls `change` with every cell and the other field's value there.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields live on different grids.
    pub fn zip<U: Element>(
        &mut self,
        other: &Field<U, D>,
        mut change: impl FnMut(&mut T, U),
    ) -> Result {
        self.grid.expect_same(&other.grid, "the other field")?;
        for ((_, cells), (_, values)) in self.rows_mut().zip(other.rows()) {
            cells
                .iter_mut()
                .zip(values)
                .for_each(|(cell, &value)| change(cell, value));
        }
        Ok(())
    }

    /// Copies the other field's cells; the margins may differ.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields live on different grids.
    pub fn set_from(&mut self, other: &Field<T, D>) -> Result {
        self.grid.expect_same(&other.grid, "the other field")?;
        for ((_, cells), (_, values)) in self.rows_mut().zip(other.rows()) {
            cells.copy_from_slice(values);
        }
        Ok(())
    }

    /// Sets every cell from its hash: the value depends on the noise and the global index alone.
    pub(crate) fn fill_noise(&mut self, noise: Noise, value: impl Fn(u64) -> T) {
        let extent = self.grid.extent();
        self.update(|index, cell| {
            let linear = index
                .iter()
                .zip(extent)
                .fold(0, |linear, (i, n)| linear * n + i);
            *cell = value(noise.bits(linear as u64));
        });
    }

    pub(crate) fn layout(&self) -> &Layout<D> {
        self.storage.layout()
    }

    /// The owned rows, indices counted from the first owned cell.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Row<D>, &[T])> {
        self.storage.rows()
    }

    /// The owned rows to write, indices counted from the first owned cell.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = (Row<D>, &mut [T])> {
        self.storage.rows_mut()
    }

    /// All cells, ghosts included, to read; refused while [`Field::ghosts`] are alive.
    pub(crate) fn reading(&self) -> Reading<'_, T, D> {
        self.storage.reading()
    }

    /// The ghosts to write, which leaves the field's value alone; refused while a [`Field::reading`] is alive.
    pub(crate) fn ghosts(&self) -> Ghosts<'_, T, D> {
        self.storage.ghosts()
    }

    /// All cells, ghosts included, to write.
    pub(crate) fn cells_mut(&mut self) -> &mut [T] {
        self.storage.cells_mut()
    }

    /// Offset in the storage of a global index that this rank owns.
    fn offset_of(&self, index: [usize; D]) -> Option<usize> {
        let block = self.block();
        let index = index.map(|i| isize::try_from(i).unwrap_or(isize::MAX));
        let local = std::array::from_fn(|axis| index[axis] - block.start[axis]);
        block.contains(index).then(|| self.layout().offset(local))
    }
}

impl<T: Element, const D: usize> fmt::Debug for Field<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = std::any::type_name::<T>();
        write!(
            f,
            "Field of {name}, cells {} of {}",
            self.block(),
            self.grid
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{Comm, launch_all, launch_on};
    use crate::error::Error;

    #[test]
    fn fields_travel_between_threads() {
        fn travels<T: Send>() {}
        travels::<Field<f64, 3>>();
    }

    #[test]
    fn cells_are_found_by_global_index() {
        let found = launch_all(6, |comm| {
            let grid = Grid::builder(comm, [7, 9])
                .margin([[1, 1], [2, 0]])
                .build()?;
            let field = grid.field(|[i, j]| (i * 100 + j) as i32);
            Ok((
                field.get([4, 8]),
                field.get([7, 0]),
                field.get([usize::MAX, 0]),
            ))
        })
        .unwrap();
        assert_eq!(
            found
                .iter()
                .filter(|(value, ..)| *value == Some(408))
                .count(),
            1
        );
        assert_eq!(
            found.iter().filter(|(value, ..)| value.is_none()).count(),
            5
        );
        assert!(
            found
                .iter()
                .all(|(_, past, far)| past.is_none() && far.is_none())
        );
    }

    #[test]
    fn random_fields_do_not_depend_on_the_ranks() {
        let whole = Grid::new(&Comm::solo(), [5, 7]).unwrap().random::<f64>(3);
        launch_on(6, |comm| {
            let part = Grid::new(comm, [5, 7])?.random::<f64>(3);
            for index in part
                .block()
                .indices()
                .map(|index| index.map(|i| i as usize))
            {
                assert_eq!(part.get(index), whole_value(index));
            }
            Ok(())
        })
        .unwrap();
        assert!(whole.max_abs().unwrap() < 1.0 && whole.norm().unwrap() > 1.0);
        assert_ne!(whole.get([0, 0]), whole.get([0, 1]));

        fn whole_value(index: [usize; 2]) -> Option<f64> {
            Grid::new(&Comm::solo(), [5, 7])
                .unwrap()
                .random::<f64>(3)
                .get(index)
        }
    }

    #[test]
    fn ghosts_take_part_in_nothing() {
        let grid = Grid::builder(&Comm::solo(), [3, 3])
            .margin([[1, 1], [1, 1]])
            .build()
            .unwrap();
        let mut x = grid.zeros::<f64>();
        x.cells_mut().fill(f64::NAN);
        x.fill(1.0);
        assert_eq!(x.sum().unwrap(), 9.0);
        assert_eq!(x.max_abs().unwrap(), 1.0);
        assert_eq!(x.view().sum(), 9.0);
        let copy = x.clone();
        assert_eq!(copy.dot(&x).unwrap(), 9.0);
        assert!(copy.reading().iter().all(|value| !value.is_nan()));
    }

    #[test]
    fn fields_of_other_margins_are_copied() {
        let grid = Grid::new(&Comm::solo(), [3, 3]).unwrap();
        let x = grid.random::<f32>(1);
        grid.request_margin([[2, 1], [0, 1]]);
        let mut y = grid.zeros();
        assert_eq!(y.margin(), [[2, 1], [0, 1]]);
        y.set_from(&x).unwrap();
        assert_eq!(x.view(), y.view());
    }

    #[test]
    fn fields_of_other_grids_are_refused() {
        let comm = Comm::solo();
        let x = Grid::new(&comm, [3, 4]).unwrap().zeros::<f64>();
        let mut y = Grid::new(&comm, [4, 3]).unwrap().zeros::<f64>();
        assert!(matches!(y.axpy(1.0, &x), Err(Error::GridMismatch { .. })));
        assert!(matches!(y.set_from(&x), Err(Error::GridMismatch { .. })));
        assert!(matches!(y.dot(&x), Err(Error::GridMismatch { .. })));
    }
}
