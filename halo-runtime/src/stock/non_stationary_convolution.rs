//! Convolution with filters that change from point to point.

use std::fmt;

use ndarray::{ArrayBase, Data, Dimension};

use super::{
    convolution_kernels::{line, plane, space},
    filter_centres::lattice,
    place,
    placed_filters::{Entries, PlacedFilters},
};
use crate::{
    error::{Error, Result},
    field::Field,
    grid::Grid,
    operator::Operator,
};

/// Convolution in 1, 2 or 3 axes with a filter that changes along them, after PyLops's `NonStationaryConvolve1D`, `2D` and
/// `3D`: each sample spreads its own filter, centred on itself, over the result; what falls outside the grid is dropped.
///
/// The filter at a sample is the linear (bilinear, trilinear) interpolation of those given at centres, and constant before the
/// first and after the last centre. Along an axis the centres are indices of the grid in equal steps, and filters have an odd
/// number of entries. On a grid of more axes all lines (planes) along the others are convolved alike.
///
/// Any block split: a rank keeps the filters between whose centres its block and the ghosts around it lie, no others. With
/// [`from_fn`](Self::from_fn) no rank ever holds more. Blocks may be thinner than the filter.
///
/// ```
/// use halo::{prelude::*, stock::NonStationaryConvolution};
/// use ndarray::array;
///
/// let grid = Grid::new(&Comm::solo(), [3, 10])?;
/// let filters = array![[0.0, 1.0, 0.0], [4.0, 1.0, 2.0]]; // at points 2 and 6 of every row
/// let blur = NonStationaryConvolution::new([&[2, 6]], &filters).along([1]).on(&grid)?;
/// blur.exact_adjoint_test()?;
/// let spike = grid.field(|[_, j]| if j == 3 { 1.0 } else { 0.0 });
/// let spread = blur.forward(&spike)?;
/// assert_eq!(spread.view().row(0).to_vec()[..6], [0.0, 0.0, 1.0, 1.0, 0.5, 0.0]);
/// # Ok::<(), halo::Error>(())
/// ```
///
/// Kernels exist for filters of 11, 33, 65 and 129 entries in one axis, 7², 15² and 31² in two, 5³ and 9³ in three; others are
/// padded with zeros to the next larger. So a sum costs as many multiplications per point as the kernel has entries, twice
/// that with the interpolation. A kernel of one's own, of the very size, is a few lines with a
/// [`FilterBank`](crate::stencil::FilterBank). Values are f64.
///
/// One message per neighbour along the axes, as wide as half the kernel.
#[must_use = "a convolution does nothing until it is put `.on(&grid)`"]
pub struct NonStationaryConvolution<'a, const N: usize> {
    centres: [Vec<usize>; N],
    /// Centres along each axis, extents of a filter.
    shape: Vec<usize>,
    filters: Entries<'a, N>,
    axes: Vec<usize>,
}

impl<'a, const N: usize> NonStationaryConvolution<'a, N> {
    /// Filters in an array of shape (centres along each axis, extents of a filter), which every rank passes whole.
    pub fn new<A, I>(centres: [&[usize]; N], filters: &'a ArrayBase<A, I>) -> Self
    where
        A: Data<Elem = f64>,
        I: Dimension,
    {
        let filters = filters.view().into_dyn();
        NonStationaryConvolution {
            centres: centres.map(<[usize]>::to_vec),
            shape: filters.shape().to_vec(),
            filters: Box::new(move |centre, entry| filters[&[centre, entry].concat()[..]]),
            axes: (0..N).collect(),
        }
    }

    /// Filters of the given extents, entry by entry: `filter(centre, entry)`, where `centre` counts the centres along each
    /// axis. It is called for the centres that this rank needs only.
    ///
    /// ```
    /// use halo::{prelude::*, stock::NonStationaryConvolution};
    ///
    /// halo::launch_on(4, |comm| {
    ///     let grid = Grid::new(comm, [64, 64])?;
    ///     let centres: Vec<usize> = (4..64).step_by(8).collect();
    ///     // Blurs more and more from the first row to the last.
    ///     let blur = |[i, _]: [usize; 2], [a, b]: [usize; 2]| {
    ///         let squared = (a as f64 - 3.0).powi(2) + (b as f64 - 3.0).powi(2);
    ///         (-squared / (1.0 + i as f64)).exp()
    ///     };
    ///     let operator = NonStationaryConvolution::from_fn([&centres, &centres], [7, 7], blur).on(&grid)?;
    ///     operator.dot_test(1e-12)
    /// })?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn from_fn(
        centres: [&[usize]; N],
        extents: [usize; N],
        filter: impl Fn([usize; N], [usize; N]) -> f64 + 'a,
    ) -> Self {
        let counts = centres.map(<[usize]>::len);
        NonStationaryConvolution {
            centres: centres.map(<[usize]>::to_vec),
            shape: [counts, extents].concat(),
            filters: Box::new(filter),
            axes: (0..N).collect(),
        }
    }

    /// The axes of the grid, instead of the first ones.
    pub fn along(mut self, axes: impl Into<Vec<usize>>) -> Self {
        self.axes = axes.into();
        self
    }

    /// The convolution bound to this rank's part of a grid.
    fn placed<const D: usize>(&self, grid: &Grid<D>) -> Result<PlacedFilters<'_, N>> {
        let placed = self.checked(grid);
        // Ranks with other filters would run other kernels, and wait for messages that never come.
        let wish = match &placed {
            Ok(_) => format!("{self:?}"),
            Err(error) => error.to_string(),
        };
        let wishes = grid.comm().all_gather(wish.as_bytes())?;
        if let Some(rank) = wishes.iter().position(|other| *other != wishes[0]) {
            return Err(Error::Invalid(format!(
                "rank 0 asks for a convolution with {}, rank {rank} with {}; build the same operator on every rank",
                String::from_utf8_lossy(&wishes[0]),
                String::from_utf8_lossy(&wishes[rank]),
            )));
        }
        placed
    }

    fn checked<const D: usize>(&self, grid: &Grid<D>) -> Result<PlacedFilters<'_, N>> {
        let periodic = place::periodic(grid, &self.axes, "NonStationaryConvolution")?;
        let axes: [usize; N] = self.axes[..].try_into().map_err(|_| {
            Error::Invalid(format!(
                "a convolution in {N} axes is put along {:?}; name as many axes of the grid",
                self.axes
            ))
        })?;
        let counts: Vec<_> = self.centres.iter().map(Vec::len).collect();
        if self.shape.len() != 2 * N || self.shape[..N] != counts {
            return Err(Error::Invalid(format!(
                "filters at {counts:?} centres lie in an array of shape {:?}; give one of shape (centres along each axis, \
                 entries along each axis)",
                self.shape
            )));
        }
        if let Some(axis) = (0..N).find(|axis| self.shape[N + axis].is_multiple_of(2)) {
            return Err(Error::Invalid(format!(
                "filters have {} entries along axis {}; give an odd number, so that one of them is in the middle",
                self.shape[N + axis],
                axes[axis]
            )));
        }
        let mut lattices = Vec::with_capacity(N);
        let mut near = [const { 0..0 }; N];
        for (k, &axis) in axes.iter().enumerate() {
            let (extent, block) = (grid.extent()[axis], grid.block());
            lattices.push(lattice(&self.centres[k], axis, extent)?);
            near[k] = match periodic[k] {
                true => 0..extent as isize,
                false => block.start[axis]..block.end[axis],
            };
        }
        Ok(PlacedFilters {
            filters: &self.filters,
            extents: std::array::from_fn(|axis| self.shape[N + axis]),
            lattices: std::array::from_fn(|axis| lattices[axis].clone()),
            axes,
            near,
        })
    }
}

macro_rules! on {
    ($axes:literal, $kernels:ident) => {
        impl NonStationaryConvolution<'_, $axes> {
            /// The operator on a grid. Collective; one small message besides those that any operator needs.
            ///
            /// # Errors
            /// The same on every rank: axes that the grid lacks, centres that are not regular or beyond the grid, filters of
            /// another shape, with an even number of entries, or larger than the largest kernel; ranks that ask for different
            /// convolutions.
            pub fn on<const D: usize>(
                self,
                grid: &Grid<D>,
            ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
                $kernels(&self.placed(grid)?, grid)
            }
        }
    };
}

on!(1, line);
on!(2, plane);
on!(3, space);

impl<const N: usize> fmt::Debug for NonStationaryConvolution<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NonStationaryConvolution")
            .field("centres", &self.centres)
            .field("shape", &self.shape)
            .field("axes", &self.axes)
            .finish()
    }
}
