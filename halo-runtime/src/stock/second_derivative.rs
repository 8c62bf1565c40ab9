//! The second derivative along one axis.

use super::{Kind, per_axis::inverse_step, place};
use crate::{error::Result, field::Field, grid::Grid, operator::Operator, prelude::*};

/// The second derivative along an axis by finite differences, after PyLops's `SecondDerivative`.
///
/// With n points along the axis, h the sampling, d\[j\] = (x\[j-1\] - 2 x\[j\] + x\[j+1\]) / h² for j from 1 to n-2, and
/// every row that is not named zero:
///
/// | kind | y |
/// |---|---|
/// | forward | y\[j-1\] = d\[j\] |
/// | backward | y\[j+1\] = d\[j\] |
/// | centered | y\[j\] = d\[j\]; with `edge` also y\[0\] = d\[1\] and y\[n-1\] = d\[n-2\] |
///
/// An axis of less than three points gives y = 0; a periodic axis has no ends, all its rows are as in the interior.
///
/// Defaults are PyLops's: sampling 1, centered, no edge. One message per neighbour along the axis.
///
/// ```
/// use halo::{prelude::*, stock::SecondDerivative};
///
/// let grid = Grid::new(&Comm::solo(), [3, 5])?;
/// let x = grid.field(|[_, j]| (j * j * j) as f64);
/// let centered = SecondDerivative::new(1).on(&grid)?;
/// assert_eq!(centered.forward(&x)?.view().row(0).to_vec(), [0.0, 6.0, 12.0, 18.0, 0.0]);
/// let to_the_edge = SecondDerivative::new(1).edge(true).on(&grid)?;
/// assert_eq!(to_the_edge.forward(&x)?.view().row(0).to_vec(), [6.0, 6.0, 12.0, 18.0, 18.0]);
/// to_the_edge.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a derivative does nothing until it is put `.on(&grid)`"]
pub struct SecondDerivative {
    axis: usize,
    sampling: f64,
    kind: Kind,
    edge: bool,
}

impl SecondDerivative {
    /// The derivative along this axis of the grid.
    pub fn new(axis: usize) -> Self {
        SecondDerivative {
            axis,
            sampling: 1.0,
            kind: Kind::Centered,
            edge: false,
        }
    }

    /// The distance between neighbouring points.
    pub fn sampling(mut self, sampling: f64) -> Self {
        self.sampling = sampling;
        self
    }

    /// On which side of a point the difference lies.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether centered differences are repeated on the first and the last row, instead of zero.
    pub fn edge(mut self, edge: bool) -> Self {
        self.edge = edge;
        self
    }

    /// The operator on a grid. Collective.
    ///
    /// # Errors
    /// An axis that the grid lacks, a sampling that is zero or not finite.
    pub fn on<const D: usize>(
        self,
        grid: &Grid<D>,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
        let operator = "SecondDerivative";
        place::periodic(grid, &[self.axis], operator)?;
        let inv_h = inverse_step(self.sampling, operator)?;
        let curvature = Curvature {
            kind: self.kind,
            edge: self.edge,
        };
        curvature.on(grid, self.axis, inv_h * inv_h)
    }
}

/// A second difference along one axis, whatever it is multiplied by.
pub(super) struct Curvature {
    pub kind: Kind,
    pub edge: bool,
}

impl Curvature {
    /// The second difference times `factor` along an axis that the grid has.
    pub(super) fn on<const D: usize>(
        self,
        grid: &Grid<D>,
        axis: usize,
        factor: f64,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
        let periodic = grid.periodic()[axis];
        Ok(match (self.kind, self.edge) {
            (Kind::Forward, _) => {
                let kernel = SecondDerivativeForward { factor, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Backward, _) => {
                let kernel = SecondDerivativeBackward { factor, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Centered, false) => {
                let kernel = SecondDerivativeCentered { factor, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Centered, true) => {
                let kernel = SecondDerivativeToTheEdge { factor, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
        })
    }
}

#[stencil]
fn second_derivative_forward(
    u: Input<f64, 1>,
    at: Position<1>,
    factor: f64,
    periodic: bool,
) -> f64 {
    if periodic || at.from_high(0) >= 2 {
        factor * (u[0] - 2.0 * u[1] + u[2])
    } else {
        0.0
    }
}

#[stencil]
fn second_derivative_backward(
    u: Input<f64, 1>,
    at: Position<1>,
    factor: f64,
    periodic: bool,
) -> f64 {
    if periodic || at.from_low(0) >= 2 {
        factor * (u[-2] - 2.0 * u[-1] + u[0])
    } else {
        0.0
    }
}

#[stencil]
fn second_derivative_centered(
    u: Input<f64, 1>,
    at: Position<1>,
    factor: f64,
    periodic: bool,
) -> f64 {
    if periodic || at.from_low(0) >= 1 && at.from_high(0) >= 1 {
        factor * (u[-1] - 2.0 * u[0] + u[1])
    } else {
        0.0
    }
}

// A kernel of its own, since its first and last rows read two points away: without `edge` the halo is 1.
#[stencil]
fn second_derivative_to_the_edge(
    u: Input<f64, 1>,
    at: Position<1>,
    factor: f64,
    periodic: bool,
) -> f64 {
    let (below, above) = (at.from_low(0), at.from_high(0));
    if periodic || below >= 1 && above >= 1 {
        factor * (u[-1] - 2.0 * u[0] + u[1])
    } else if above >= 2 {
        factor * (u[0] - 2.0 * u[1] + u[2])
    } else if below >= 2 {
        factor * (u[-2] - 2.0 * u[-1] + u[0])
    } else {
        0.0
    }
}
