//! What one rank computes on its own block: the trait by which serial operators of other crates take part.

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use crate::{
    error::{Error, Result},
    field::Shape,
};

/// A serial linear map between two arrays, with its adjoint. What is written to is zero at first.
///
/// ```
/// use halo::operator::{Block, Crop, Halo, LocalOperator};
/// use halo::prelude::*;
/// use ndarray::{ArrayView1, ArrayViewMut1};
///
/// /// Running sums, as a serial library would offer them.
/// struct CumulativeSum;
///
/// impl LocalOperator<f64, 1> for CumulativeSum {
///     fn forward(&self, x: ArrayView1<f64>, mut y: ArrayViewMut1<f64>) -> halo::Result {
///         let mut sum = 0.0;
///         y.iter_mut().zip(x).for_each(|(y, x)| { sum += x; *y = sum; });
///         Ok(())
///     }
///
///     fn adjoint(&self, y: ArrayView1<f64>, mut x: ArrayViewMut1<f64>) -> halo::Result {
///         let mut sum = 0.0;
///         x.iter_mut().rev().zip(y.iter().rev()).for_each(|(x, y)| { sum += y; *x = sum; });
///         Ok(())
///     }
/// }
///
/// halo::launch_on(2, |comm| {
///     let grid = Grid::new(comm, [8])?;
///     let halo = Halo::new(&grid, 0)?;
///     let sums = Block::of(&halo.blocks(), &halo.blocks(), CumulativeSum);
///     (Crop::of(&halo) * sums * &halo).dot_test(1e-12)
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
pub trait LocalOperator<T, const D: usize>
where
    [usize; D]: IntoDimension,
{
    /// What messages call the operator.
    fn name(&self) -> &str {
        "Block"
    }

    /// y = A x on this rank's block. Not collective: it must not wait for other ranks.
    ///
    /// # Errors
    /// Any; all ranks then return the same.
    fn forward(&self, x: ArrayView<'_, T, Shape<D>>, y: ArrayViewMut<'_, T, Shape<D>>) -> Result;

    /// x = Aᴴ y, likewise.
    ///
    /// # Errors
    /// As for [`forward`](Self::forward).
    fn adjoint(&self, y: ArrayView<'_, T, Shape<D>>, x: ArrayViewMut<'_, T, Shape<D>>) -> Result;

    /// Whether the operator may return errors. Where it may, each application costs one small message, so that all ranks
    /// learn of them and return the same.
    fn can_fail(&self) -> bool {
        true
    }

    /// Checks the adjoint in exact arithmetic, on this rank alone.
    ///
    /// # Errors
    /// [`Error::ExactAdjointTest`], or [`Error::Invalid`] for an operator that runs in floating point only.
    fn exact_adjoint_test(&self) -> Result {
        Err(Error::Invalid(format!(
            "`{}` runs in floating point only and has no exact adjoint test; use `dot_test`",
            self.name()
        )))
    }
}
