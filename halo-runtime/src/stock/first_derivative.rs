//! The first derivative along one axis.

use super::{Kind, per_axis::inverse_step, place};
use crate::{
    error::{Error, Result},
    field::Field,
    grid::Grid,
    operator::Operator,
    prelude::*,
};

/// The first derivative along an axis by finite differences, after PyLops's `FirstDerivative`.
///
/// With n points along the axis, h the sampling, and every row that is not named zero:
///
/// | kind, order | y\[i\] | rows |
/// |---|---|---|
/// | forward | (x\[i+1\] - x\[i\]) / h | 0 to n-2 |
/// | backward | (x\[i\] - x\[i-1\]) / h | 1 to n-1 |
/// | centered, 3 | (x\[i+1\] - x\[i-1\]) / 2h | 1 to n-2 |
/// | centered, 5 | (x\[i-2\] - 8 x\[i-1\] + 8 x\[i+1\] - x\[i+2\]) / 12h | 2 to n-3 |
///
/// With `edge`, which matters to centered differences alone, the rows that these leave out get the widest difference
/// that fits: the 3-point one on rows 1 and n-2 of order 5, one-sided ones on the first and the last row. An axis too
/// short for the stencil gives y = 0; a periodic axis has no ends, all its rows are as in the interior.
///
/// Defaults are PyLops's: sampling 1, centered, order 3, no edge. One message per neighbour along the axis.
///
/// ```
/// use halo::{prelude::*, stock::{FirstDerivative, Kind}};
///
/// let grid = Grid::new(&Comm::solo(), [4, 3])?;
/// let x = grid.field(|[i, _]| (i * i) as f64);
/// let centered = FirstDerivative::new(0).sampling(0.5).edge(true).on(&grid)?;
/// assert_eq!(centered.forward(&x)?.view().column(0).to_vec(), [2.0, 4.0, 8.0, 10.0]);
/// let forward = FirstDerivative::new(0).kind(Kind::Forward).on(&grid)?;
/// assert_eq!(forward.forward(&x)?.view().column(0).to_vec(), [1.0, 3.0, 5.0, 0.0]);
/// forward.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a derivative does nothing until it is put `.on(&grid)`"]
pub struct FirstDerivative {
    axis: usize,
    sampling: f64,
    kind: Kind,
    order: usize,
    edge: bool,
}

impl FirstDerivative {
    /// The derivative along this axis of the grid.
    pub fn new(axis: usize) -> Self {
        FirstDerivative {
            axis,
            sampling: 1.0,
            kind: Kind::Centered,
            order: 3,
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

    /// The number of points of a centered difference, 3 or 5.
    pub fn order(mut self, order: usize) -> Self {
        self.order = order;
        self
    }

    /// Whether centered differences get shorter ones at the ends of the axis, instead of zero.
    pub fn edge(mut self, edge: bool) -> Self {
        self.edge = edge;
        self
    }

    /// The operator on a grid. Collective.
    ///
    /// # Errors
    /// An axis that the grid lacks, an order other than 3 and 5, a sampling that is zero or not finite.
    pub fn on<const D: usize>(
        self,
        grid: &Grid<D>,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
        let operator = "FirstDerivative";
        let order = match self.order {
            3 => Order::Three,
            5 => Order::Five,
            order => {
                return Err(Error::Invalid(format!(
                    "`{operator}` has 3 or 5 points when it is centered, not {order}; use .order(3) or .order(5)"
                )));
            }
        };
        place::periodic(grid, &[self.axis], operator)?;
        let difference = Difference {
            kind: self.kind,
            order,
            edge: self.edge,
        };
        difference.on(grid, self.axis, inverse_step(self.sampling, operator)?)
    }
}

/// A difference along one axis, whatever it is multiplied by.
pub(super) struct Difference {
    pub kind: Kind,
    pub order: Order,
    pub edge: bool,
}

/// Points of a centered difference.
pub(super) enum Order {
    Three,
    Five,
}

impl Difference {
    /// The difference times `inv_h` along an axis that the grid has.
    pub(super) fn on<const D: usize>(
        self,
        grid: &Grid<D>,
        axis: usize,
        inv_h: f64,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>> {
        let (periodic, edge) = (grid.periodic()[axis], self.edge);
        Ok(match (self.kind, self.order) {
            (Kind::Forward, _) => {
                let kernel = FirstDerivativeForward { inv_h, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Backward, _) => {
                let kernel = FirstDerivativeBackward { inv_h, periodic };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Centered, Order::Three) => {
                let kernel = FirstDerivativeCentered {
                    inv_h,
                    periodic,
                    edge,
                };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
            (Kind::Centered, Order::Five) => {
                let kernel = FirstDerivativeFivePoint {
                    inv_h,
                    periodic,
                    edge,
                };
                Operator::new(kernel.along([axis]).on(grid)?)
            }
        })
    }
}

#[stencil]
fn first_derivative_forward(u: Input<f64, 1>, at: Position<1>, inv_h: f64, periodic: bool) -> f64 {
    if periodic || at.from_high(0) >= 1 {
        inv_h * (u[1] - u[0])
    } else {
        0.0
    }
}

#[stencil]
fn first_derivative_backward(u: Input<f64, 1>, at: Position<1>, inv_h: f64, periodic: bool) -> f64 {
    if periodic || at.from_low(0) >= 1 {
        inv_h * (u[0] - u[-1])
    } else {
        0.0
    }
}

#[stencil]
fn first_derivative_centered(
    u: Input<f64, 1>,
    at: Position<1>,
    inv_h: f64,
    periodic: bool,
    edge: bool,
) -> f64 {
    let (below, above) = (at.from_low(0), at.from_high(0));
    if periodic || below >= 1 && above >= 1 {
        0.5 * inv_h * (u[1] - u[-1])
    } else if edge && above >= 1 {
        inv_h * (u[1] - u[0])
    } else if edge && below >= 1 {
        inv_h * (u[0] - u[-1])
    } else {
        0.0
    }
}

#[stencil]
fn first_derivative_five_point(
    u: Input<f64, 1>,
    at: Position<1>,
    inv_h: f64,
    periodic: bool,
    edge: bool,
) -> f64 {
    let (below, above) = (at.from_low(0), at.from_high(0));
    if periodic || below >= 2 && above >= 2 {
        inv_h / 12.0 * (u[-2] - 8.0 * u[-1] + 8.0 * u[1] - u[2])
    } else if edge && below >= 1 && above >= 1 {
        0.5 * inv_h * (u[1] - u[-1])
    } else if edge && above >= 1 {
        inv_h * (u[1] - u[0])
    } else if edge && below >= 1 {
        inv_h * (u[0] - u[-1])
    } else {
        0.0
    }
}
