//! Fields as vectors: scaling, sums of fields, and reductions over all cells of a grid.
//!
//! Reductions are collective and exact until one last rounding, so their bits do not depend on the ranks.

use super::field::Field;
use super::{Accumulate, Reduce, reduce};
use crate::error::Result;
use crate::grid::Location;
use crate::scalar::Scalar;

/// The number that a sum of `T`s is read as: `f64` for both floats, `Complex<f64>` for complex numbers of either.
pub type Reduced<T> = <<T as Reduce>::Accumulator as Accumulate<T>>::Value;

impl<T: Scalar, const D: usize, L: Location> Field<T, D, L> {
    /// Multiplies every cell by `factor`.
    pub fn scale(&mut self, factor: T) {
        for (_, cells) in self.rows_mut() {
            cells.iter_mut().for_each(|cell| *cell = factor * *cell);
        }
    }

    /// `self += factor * x`.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields live on different grids.
    pub fn axpy(&mut self, factor: T, x: &Field<T, D, L>) -> Result {
        self.zip(x, |cell, value| *cell += factor * value)
    }

    /// `self = x + factor * self`, the update of a search direction.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields live on different grids.
    pub fn aypx(&mut self, factor: T, x: &Field<T, D, L>) -> Result {
        self.zip(x, |cell, value| *cell = value + factor * *cell)
    }

    /// Collective: the Euclidean norm, the same bits on any ranks. One small message.
    pub fn norm(&self) -> Result<f64> {
        reduce::norm(self.grid().comm(), self.rows().map(|(_, cells)| cells))
    }

    /// Collective: the largest absolute value; NaN where a cell is. One small message.
    pub fn max_abs(&self) -> Result<f64> {
        reduce::max_abs(self.grid().comm(), self.rows().map(|(_, cells)| cells))
    }
}

impl<T: Reduce, const D: usize, L: Location> Field<T, D, L> {
    /// Collective: the exact sum of all cells, rounded once: the same bits on any ranks. One small message.
    pub fn sum(&self) -> Result<Reduced<T>> {
        reduce::sum(self.grid().comm(), self.rows().map(|(_, cells)| cells))
    }

    /// Collective: the exact dot product, rounded once: the same bits on any ranks. One small message.
    ///
    /// Of complex fields, the sum of `conj(self) * other`.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields live on different grids.
    pub fn dot(&self, other: &Field<T, D, L>) -> Result<Reduced<T>> {
        self.grid().expect_same(other.grid(), "the other field")?;
        let rows = self.rows().zip(other.rows()).map(|((_, x), (_, y))| (x, y));
        reduce::dot(self.grid().comm(), rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::comm::Comm;
    use crate::grid::Grid;

    #[test]
    fn arithmetic_by_hand() {
        let grid = Grid::builder(&Comm::solo(), [2, 2])
            .margin([[1, 1], [1, 1]])
            .build()
            .unwrap();
        let x = grid.field(|[i, j]| (2 * i + j) as f64);
        let mut y = x.map(|value| value - 1.0);
        y.aypx(3.0, &x).unwrap();
        assert_eq!(y.view(), ndarray::arr2(&[[-3.0, 1.0], [5.0, 9.0]]));
        y.scale(-2.0);
        y.axpy(1.0, &x).unwrap();
        assert_eq!(y.view(), ndarray::arr2(&[[6.0, -1.0], [-8.0, -15.0]]));
        assert_eq!(y.max_abs().unwrap(), 15.0);
        assert_eq!(y.sum().unwrap(), -18.0);
        assert_eq!(y.dot(&x).unwrap(), -62.0);
        assert_eq!(x.norm().unwrap(), 14_f64.sqrt());
        y.fill(0.5);
        y.view_mut()[[0, 1]] = 7.0;
        assert_eq!((y.get([0, 1]), y.get([1, 0])), (Some(7.0), Some(0.5)));
    }
}
