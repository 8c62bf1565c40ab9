//! The value of a `Bank` argument: filters on a regular lattice of centres, interpolated wherever they are read.
//!
//! A convolution whose filter changes from point to point would need as many values per point as a filter has entries.
//! Here the filters of the lattice are all there is: an entry is interpolated when a row reads it.

mod filter;
mod lattice;
mod reads;

use ndarray::{ArrayBase, Data, Dimension};

use crate::error::{Error, Result};

pub use self::filter::Filter;
pub(crate) use self::lattice::Centres;
use self::lattice::Lattice;

/// What a `Bank<F, N>` argument of a kernel becomes in the generated struct: filters of type F on a lattice of N axes.
///
/// Along each stencil axis the centres lie at `first`, `first + spacing`, .. in global indices. Between centres a filter is
/// the linear interpolation of its neighbours (axis 0 first), before the first and after the last centre it is theirs.
///
/// A convolution of signals with a filter that changes along them, each sample spreading its own:
///
/// ```
/// use halo::prelude::*;
/// use ndarray::array;
///
/// #[stencil]
/// fn convolve(x: Input<f64, 1>, h: Bank<[f64; 3], 1>) -> f64 {
///     let mut sum = 0.0;
///     for k in -1..=1 {
///         sum += h[[-k]][(k + 1) as usize] * x[-k];
///     }
///     sum
/// }
///
/// let filters = array![[1.0, 2.0, 1.0], [0.0, 1.0, 0.0]];
/// let h = FilterBank::new(&filters, [4.0], [8.0])?;
/// assert_eq!(h.at([2]), [1.0, 2.0, 1.0]);
/// assert_eq!(h.at([8]), [0.5, 1.5, 0.5]);
/// let grid = Grid::new(&Comm::solo(), [16])?;
/// let operator = Convolve { h }.on(&grid)?;
/// operator.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
///
/// Memory: the filters, on every rank, and three numbers per index of each stencil axis.
#[derive(Clone, Debug)]
pub struct FilterBank<F: Filter, const N: usize> {
    lattice: Lattice<F::Value, N>,
}

impl<F: Filter, const N: usize> FilterBank<F, N> {
    /// Filters of shape (centres along each stencil axis, extents of a filter).
    ///
    /// # Errors
    /// [`Error::Invalid`] for an array of another shape or without centres, and for a first centre or a spacing that is
    /// no finite number or a spacing that is not positive.
    pub fn new<A, I>(filters: &ArrayBase<A, I>, first: [f64; N], spacing: [f64; N]) -> Result<Self>
    where
        A: Data<Elem = F::Value>,
        I: Dimension,
    {
        let found = filters.shape();
        let shape = F::shape();
        if found.len() != N + shape.len() || found[N..] != shape {
            return Err(Error::Invalid(format!(
                "a bank of filters of shape {shape:?} on {N} axes of centres cannot be made of an array of shape {found:?}; \
                 give one of (centres along each axis, {shape:?})"
            )));
        }
        if let Some(axis) = (0..N).find(|axis| found[*axis] == 0) {
            return Err(Error::Invalid(format!(
                "a bank of filters has no centre along stencil axis {axis}; give it one at least"
            )));
        }
        let wrong = (0..N).find(|axis| {
            let spaced = spacing[*axis].is_finite() && spacing[*axis] > 0.0;
            !first[*axis].is_finite() || !spaced
        });
        if let Some(axis) = wrong {
            return Err(Error::Invalid(format!(
                "the centres of a bank of filters begin at {} with a spacing of {} along stencil axis {axis}; give finite numbers \
                 and a positive spacing",
                first[axis], spacing[axis]
            )));
        }
        let centres = std::array::from_fn(|axis| Centres {
            count: found[axis],
            first: first[axis],
            spacing: spacing[axis],
            kept: 0..found[axis],
        });
        Ok(Self::of(filters.iter().copied().collect(), centres))
    }

    /// The filters of the centres that are kept, row-major, entry by entry. Only indices between these may be read.
    pub(crate) fn of(filters: Vec<F::Value>, centres: [Centres; N]) -> Self {
        FilterBank {
            lattice: Lattice::new(filters, F::ENTRIES, centres),
        }
    }

    /// The filter at a global index, which may lie beyond the grid.
    pub fn at(&self, index: [isize; N]) -> F {
        let mut filter = F::zeroed();
        let entries: &mut [F::Value] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut filter));
        for (entry, value) in entries.iter_mut().enumerate() {
            *value = self.lattice.value(index, entry);
        }
        filter
    }

    /// Prepares reads on a grid that has these extents along the stencil axes.
    pub(crate) fn settle(&mut self, extents: [usize; N]) {
        self.lattice.settle(extents);
    }

    fn lattice(&self) -> &Lattice<F::Value, N> {
        &self.lattice
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, array};

    use super::*;

    #[test]
    fn filters_are_interpolated_between_centres_and_constant_beyond() {
        let bank = FilterBank::<[f64; 2], 1>::new(&array![[0.0, 4.0], [8.0, 8.0]], [2.0], [4.0]);
        let mut bank = bank.unwrap();
        let expected = |index: isize| match index {
            ..=2 => [0.0, 4.0],
            3 => [2.0, 5.0],
            4 => [4.0, 6.0],
            5 => [6.0, 7.0],
            _ => [8.0, 8.0],
        };
        for extent in [0, 3, 5, 9] {
            bank.settle([extent]);
            for index in -3..12 {
                assert_eq!(bank.at([index]), expected(index), "{index} of {extent}");
            }
        }
    }

    #[test]
    fn two_axes_are_interpolated_in_turn() {
        let filters = Array3::from_shape_fn((2, 3, 1), |(i, j, _)| (10 * i + j * j) as f32);
        let bank = FilterBank::<[f32; 1], 2>::new(&filters, [0.0, 1.0], [2.0, 2.0]).unwrap();
        assert_eq!(bank.at([1, 2]), [5.5]);
        assert_eq!(bank.at([1, 4]), [7.5]);
        assert_eq!(bank.at([5, -1]), [10.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let bank = |filters: &Array3<f64>, first, spacing| {
            FilterBank::<[f64; 5], 2>::new(filters, [0.0, first], [1.0, spacing])
                .unwrap_err()
                .to_string()
        };
        let filters = Array3::zeros((2, 2, 5));
        assert!(bank(&Array3::zeros((2, 2, 4)), 0.0, 1.0).contains("[2, 2, 4]"));
        assert!(bank(&Array3::zeros((2, 0, 5)), 0.0, 1.0).contains("axis 1"));
        assert!(bank(&filters, f64::NAN, 1.0).contains("NaN"));
        assert!(bank(&filters, 0.0, -2.0).contains("-2"));
    }
}
