//! One array over a whole grid, each rank holding its block of it.
//!
//! A field is its values and, in its type, their location. Verbs that touch cells work on this rank's owned cells alone;
//! those that need all ranks say *collective*. Ghosts are nobody's value: they belong to the exchange.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use ndarray::{ArrayViewMut, IntoDimension};

use super::layout::Row;
use super::noise::Noise;
use super::values::Values;
use crate::error::Result;
use crate::grid::{Cell, Grid, Location, Staggering};
use crate::scalar::{Element, Scalar};

/// The dimension type of ndarray for arrays of D axes.
pub type Shape<const D: usize> = <[usize; D] as IntoDimension>::Dim;

/// An array of `T` over a [`Grid`]; this rank holds its block.
///
/// One value per cell, or per point of another [`Location`] `L`: `Field<f64, 2, Face<0>>`. What is said of cells holds for
/// the points of `L`; their number is [`extent`](Values::extent). What is only read of a field is found at its [`Values`].
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
pub struct Field<T: Element, const D: usize, L: Location = Cell> {
    values: Values<T, D>,
    location: PhantomData<L>,
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
    pub fn field<T: Element>(&self, value: impl FnMut([usize; D]) -> T) -> Field<T, D> {
        self.field_at(value)
    }

    /// The field with `value(index)` at every point of a location; indices are global.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// let grid = Grid::new(&Comm::solo(), [3, 4])?;
    /// let flux: Field<f64, 2, Face<1>> = grid.field_at(|[i, j]| (10 * i + j) as f64);
    /// assert_eq!(flux.view()[[2, 4]], 24.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn field_at<L: Location, T: Element>(
        &self,
        mut value: impl FnMut([usize; D]) -> T,
    ) -> Field<T, D, L> {
        let mut field = self.zeros_at();
        field.update(|index, cell| *cell = value(index));
        field
    }

    /// The field of zeros.
    pub fn zeros<T: Element>(&self) -> Field<T, D> {
        self.zeros_at()
    }

    /// The field of zeros at a location: `grid.zeros_at::<Face<0>, f64>()`.
    pub fn zeros_at<L: Location, T: Element>(&self) -> Field<T, D, L> {
        Field::with_margin(self, self.margin())
    }

    /// A field of numbers uniform in [-1, 1), real and imaginary part alike, that depend on `seed` and the global index
    /// alone: the same field on any number of ranks.
    pub fn random<T: Scalar>(&self, seed: u64) -> Field<T, D> {
        self.random_at(seed)
    }

    /// As [`random`](Grid::random), at a location.
    pub fn random_at<L: Location, T: Scalar>(&self, seed: u64) -> Field<T, D, L> {
        let mut field = self.zeros_at();
        field.fill_noise(Noise::new(seed, 0), T::from_hash);
        field
    }
}

impl<T: Element, const D: usize, L: Location> Field<T, D, L> {
    /// Zeros within a margin of `[low, high]` ghosts per axis, whatever margin the grid gives.
    pub(crate) fn with_margin(grid: &Grid<D>, margin: [[usize; 2]; D]) -> Self {
        const {
            assert!(
                L::STAGGERING.fits(D),
                "the grid has no axis for one of the faces of this location"
            );
        }
        Field {
            values: Values::with_margin(grid, L::STAGGERING, margin),
            location: PhantomData,
        }
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
        let offset = self.values.offset_of(index)?;
        Some(&mut self.values.cells_within_mut()[offset])
    }

    /// This rank's owned cells as an array to write, without ghosts. No copy.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        self.values.storage_mut().view_mut()
    }

    /// Sets every cell to `value`.
    pub fn fill(&mut self, value: T) {
        self.rows_mut().for_each(|(_, cells)| cells.fill(value));
    }

    /// Calls `change` with the global index of every owned cell and the cell itself, in row-major order.
    pub fn update(&mut self, change: impl FnMut([usize; D], &mut T)) {
        self.values.update(change);
    }

    /// The field of `change(value)` of every cell.
    pub fn map<U: Element>(&self, mut change: impl FnMut(T) -> U) -> Field<U, D, L> {
        let mut result = Field::with_margin(self.grid(), self.margin());
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
        other: &Field<U, D, L>,
        mut change: impl FnMut(&mut T, U),
    ) -> Result {
        self.grid().expect_same(other.grid(), "the other field")?;
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
    pub fn set_from(&mut self, other: &Field<T, D, L>) -> Result {
        self.values.set_from(&other.values)
    }

    /// The field without the location in its type.
    pub(crate) fn values(&self) -> &Values<T, D> {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut Values<T, D> {
        &mut self.values
    }

    /// As for values.
    pub(crate) fn fill_noise(&mut self, noise: Noise, value: impl Fn([u64; 2]) -> T) {
        self.values.fill_noise(noise, value);
    }

    /// The owned rows to write, indices counted from the first owned cell.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = (Row<D>, &mut [T])> {
        self.values.rows_mut()
    }
}

/// What is read of a field does not depend on its location.
impl<T: Element, const D: usize, L: Location> Deref for Field<T, D, L> {
    type Target = Values<T, D>;

    fn deref(&self) -> &Values<T, D> {
        &self.values
    }
}

impl<T: Element, const D: usize, L: Location> fmt::Debug for Field<T, D, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = std::any::type_name::<T>();
        let points = match L::STAGGERING {
            Staggering::CELL => "cells".to_string(),
            staggering => format!("points {staggering}"),
        };
        let (block, grid) = (self.block(), self.grid());
        write!(f, "Field of {name}, {points} {block} of {grid}")
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
        x.values_mut().cells_mut().fill(f64::NAN);
        x.fill(1.0);
        assert_eq!(x.sum().unwrap(), 9.0);
        assert_eq!(x.max_abs().unwrap(), 1.0);
        assert_eq!(x.view().sum(), 9.0);
        let copy = x.clone();
        assert_eq!(copy.dot(&x).unwrap(), 9.0);
        assert!(copy.values().reading().iter().all(|value| !value.is_nan()));
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
