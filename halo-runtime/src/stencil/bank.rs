//! The value of a `Bank` argument: filters on a regular lattice of centres, interpolated wherever they are read.
//!
//! A convolution whose filter changes from point to point would need as many values per point as a filter has entries.
//! Here the filters of the lattice are all there is: an entry is interpolated when a row reads it.

use bytemuck::Zeroable as _;
use ndarray::{ArrayBase, Data, Dimension};

use crate::{
    error::{Error, Result},
    scalar::RealScalar,
    stencil::{Filter, row::MAX_AXES},
};

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
    /// Centre by centre, row-major.
    filters: Vec<F::Value>,
    lattice: [Centres; N],
    /// Found once the extents of the grid are known.
    indices: [Indices<F::Value>; N],
}

/// The centres along one axis.
#[derive(Clone, Copy, Debug)]
struct Centres {
    count: usize,
    first: f64,
    spacing: f64,
}

/// Where every index of one axis lies among the centres.
#[derive(Clone, Debug)]
struct Indices<V> {
    /// The centre at or before it.
    cells: Vec<usize>,
    /// The next index that lies between other centres.
    ends: Vec<usize>,
    /// How far it is on the way to the next centre.
    weights: Vec<V>,
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
        Ok(FilterBank {
            filters: filters.iter().copied().collect(),
            lattice: std::array::from_fn(|axis| Centres {
                count: found[axis],
                first: first[axis],
                spacing: spacing[axis],
            }),
            indices: std::array::from_fn(|_| Indices::of(&[])),
        })
    }

    /// The filter at a global index, which may lie beyond the grid.
    pub fn at(&self, index: [isize; N]) -> F {
        let places: [Place<F::Value>; N] =
            std::array::from_fn(|axis| self.place(axis, index[axis]));
        let mut filter = F::zeroed();
        let entries: &mut [F::Value] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut filter));
        for (entry, value) in entries.iter_mut().enumerate() {
            *value = self.value(&places, entry);
        }
        filter
    }

    /// Prepares reads on a grid that has these extents along the stencil axes.
    pub(crate) fn settle(&mut self, extents: [usize; N]) {
        for (axis, extent) in extents.into_iter().enumerate() {
            if self.indices[axis].cells.len() != extent {
                let centres = &self.lattice[axis];
                let indices = 0..extent as isize;
                let places: Vec<_> = indices.map(|index| centres.place(index)).collect();
                self.indices[axis] = Indices::of(&places);
            }
        }
    }

    /// One entry at the places along the axes.
    #[inline]
    pub(super) fn value(&self, places: &[Place<F::Value>; N], entry: usize) -> F::Value {
        let mut corners = self.corners(places, entry);
        places.iter().for_each(|place| corners.reduce(place.weight));
        corners.values[0]
    }

    /// The values of an entry at the centres around a point.
    #[inline]
    pub(super) fn corners(&self, places: &[Place<F::Value>; N], entry: usize) -> Corners<F::Value> {
        let mut corners = Corners {
            values: [F::Value::zeroed(); 1 << MAX_AXES],
            count: 1 << N,
        };
        for corner in 0..1usize << N {
            let centre = (0..N).fold(0, |centre, axis| {
                let ahead = corner >> (N - 1 - axis) & 1;
                let count = self.lattice[axis].count;
                centre * count + (places[axis].cell + ahead).min(count - 1)
            });
            corners.values[corner] = self.filters[centre * F::ENTRIES + entry];
        }
        corners
    }

    /// Where an index of an axis lies among the centres.
    #[inline]
    pub(super) fn place(&self, axis: usize, index: isize) -> Place<F::Value> {
        let known = &self.indices[axis];
        match usize::try_from(index) {
            Ok(index) if index < known.cells.len() => Place {
                cell: known.cells[index],
                weight: known.weights[index],
            },
            _ => self.lattice[axis].place(index),
        }
    }

    /// The weights from an index on, as far as they are between the same centres; at most `count`. Empty where they are
    /// not prepared.
    #[inline]
    pub(super) fn weights(&self, axis: usize, index: isize, count: usize) -> &[F::Value] {
        let known = &self.indices[axis];
        match usize::try_from(index) {
            Ok(index) if index < known.ends.len() => {
                &known.weights[index..known.ends[index].min(index + count)]
            }
            _ => &[],
        }
    }
}

/// Between which centres a point lies along one axis, and how far on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<V> {
    pub cell: usize,
    pub weight: V,
}

/// Values at the corners of a cell of the lattice, as far as they are not interpolated yet.
#[derive(Clone, Copy)]
pub(super) struct Corners<V> {
    pub values: [V; 1 << MAX_AXES],
    pub count: usize,
}

impl<V: RealScalar> Corners<V> {
    /// Interpolates along the first axis that is left.
    #[inline(always)]
    pub fn reduce(&mut self, weight: V) {
        let half = self.count / 2;
        for corner in 0..half {
            let (here, ahead) = (self.values[corner], self.values[corner + half]);
            self.values[corner] = between(here, ahead, weight);
        }
        self.count = half;
    }
}

#[inline(always)]
pub(super) fn between<V: RealScalar>(here: V, ahead: V, weight: V) -> V {
    here + weight * (ahead - here)
}

impl Centres {
    fn place<V: RealScalar>(&self, index: isize) -> Place<V> {
        let distance = (index as f64 - self.first) / self.spacing;
        let last = self.count - 1;
        let (cell, weight) = if distance <= 0.0 {
            (0, 0.0)
        } else if distance >= last as f64 {
            (last, 0.0)
        } else {
            let cell = distance.floor();
            (cell as usize, distance - cell)
        };
        Place {
            cell,
            weight: V::from_f64(weight),
        }
    }
}

impl<V: RealScalar> Indices<V> {
    fn of(places: &[Place<V>]) -> Self {
        let mut ends = vec![places.len(); places.len()];
        for index in (1..places.len()).rev() {
            let same = places[index - 1].cell == places[index].cell;
            ends[index - 1] = if same { ends[index] } else { index };
        }
        Indices {
            cells: places.iter().map(|place| place.cell).collect(),
            ends,
            weights: places.iter().map(|place| place.weight).collect(),
        }
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
    fn stretches_end_where_the_centres_change() {
        let filters = array![[0.0], [1.0], [0.0]];
        let mut bank = FilterBank::<[f64; 1], 1>::new(&filters, [1.0], [3.0]).unwrap();
        bank.settle([9]);
        assert_eq!(bank.weights(0, 0, 9).len(), 4);
        assert_eq!(bank.weights(0, 2, 9), [1.0 / 3.0, 2.0 / 3.0]);
        assert_eq!(bank.weights(0, 4, 2).len(), 2);
        assert_eq!(bank.weights(0, 7, 9), [0.0, 0.0]);
        assert!(bank.weights(0, -1, 9).is_empty() && bank.weights(0, 9, 9).is_empty());
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
