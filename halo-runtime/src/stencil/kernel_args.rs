//! The arguments of a kernel function as plain values, so that the function a user wrote can be called directly.
//!
//! The generated operator never builds these: they are for the type checker, for tools, and for tests, where the plain
//! kernel called point by point is the oracle.

use std::marker::PhantomData;
use std::ops::Index;

use crate::grid::{Cell, Location};

/// Values around one grid point, read by offset: `u[[-1, 0]]`, or `u[-1]` on one axis.
///
/// ```
/// use halo::prelude::*;
///
/// let u = Input::window([1, 1], [1, 1], |[i, j]| (10 * i + j) as f64);
/// assert_eq!(u[[-1, 0]], -10.0);
/// assert_eq!(u[[1, 1]], 11.0);
/// ```
///
/// # Panics
/// Reading an offset outside the window: in a kernel under `#[stencil]` that is a compile error, in a direct call the
/// window is the caller's.
///
/// `Input<T, N, Face<0>>` is a field at another [`Location`]: `u[[0, 0]]` is its point of the same index as the output's.
#[derive(Clone, Debug)]
pub struct Input<T, const N: usize, L: Location = Cell> {
    low: [usize; N],
    shape: [usize; N],
    values: Vec<T>,
    location: PhantomData<L>,
}

/// A passive field around one grid point; read like an [`Input`], but the operator is not differentiated by it.
pub type Coef<T, const N: usize, L = Cell> = Input<T, N, L>;

/// A bank of filters around one grid point: the filter interpolated there, `h[[-1]][3]` its entry. Filled from
/// [`FilterBank::at`](crate::stencil::FilterBank::at) when a kernel is called directly.
pub type Bank<F, const N: usize> = Input<F, N>;

impl<T, const N: usize> Input<T, N> {
    /// The values at the offsets from `-low` to `high` of every axis.
    pub fn window(low: [usize; N], high: [usize; N], value: impl FnMut([isize; N]) -> T) -> Self {
        Self::window_at(low, high, value)
    }
}

impl<T, const N: usize, L: Location> Input<T, N, L> {
    /// As [`window`](Input::window), for a field at any location.
    pub fn window_at(
        low: [usize; N],
        high: [usize; N],
        mut value: impl FnMut([isize; N]) -> T,
    ) -> Self {
        let shape: [usize; N] = std::array::from_fn(|axis| low[axis] + high[axis] + 1);
        let values = (0..shape.iter().product())
            .map(|position| {
                let mut rest: usize = position;
                let mut offset = [0; N];
                for axis in (0..N).rev() {
                    offset[axis] = (rest % shape[axis]) as isize - low[axis] as isize;
                    rest /= shape[axis];
                }
                value(offset)
            })
            .collect();
        Input {
            low,
            shape,
            values,
            location: PhantomData,
        }
    }
}

impl<T, const N: usize, L: Location> Index<[isize; N]> for Input<T, N, L> {
    type Output = T;

    fn index(&self, offset: [isize; N]) -> &T {
        let position = (0..N).fold(0, |position, axis| {
            let index = offset[axis] + self.low[axis] as isize;
            let shape = self.shape[axis];
            assert!(
                (0..shape as isize).contains(&index),
                "offset {offset:?} lies outside the window given to this kernel argument"
            );
            position * shape + index as usize
        });
        &self.values[position]
    }
}

impl<T, L: Location> Index<isize> for Input<T, 1, L> {
    type Output = T;

    fn index(&self, offset: isize) -> &T {
        &self[[offset]]
    }
}

/// Where on the grid the point lies: global index, extent and distance to both ends, per stencil axis; of the output's
/// points, where it lies at another location than cells.
///
/// A condition on it makes regions: `if at.from_low(0) < 1 { one-sided } else { centred }`.
///
/// ```
/// use halo::prelude::*;
///
/// let at = Position::new([0, 4], [8, 5]);
/// assert_eq!((at.from_low(0), at.from_high(0)), (0, 7));
/// assert_eq!((at.index(1), at.extent(1), at.from_high(1)), (4, 5, 0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position<const N: usize> {
    index: [isize; N],
    extent: [isize; N],
}

impl<const N: usize> Position<N> {
    /// The point with this global index on a grid of this extent.
    pub fn new(index: [usize; N], extent: [usize; N]) -> Self {
        Position {
            index: index.map(|i| i as isize),
            extent: extent.map(|n| n as isize),
        }
    }

    /// Global index along the axis.
    pub fn index(&self, axis: usize) -> isize {
        self.index[axis]
    }

    /// Number of points of the grid along the axis.
    pub fn extent(&self, axis: usize) -> isize {
        self.extent[axis]
    }

    /// Distance to the first point of the axis: 0 on it.
    pub fn from_low(&self, axis: usize) -> isize {
        self.index[axis]
    }

    /// Distance to the last point of the axis: 0 on it.
    pub fn from_high(&self, axis: usize) -> isize {
        self.extent[axis] - 1 - self.index[axis]
    }
}
