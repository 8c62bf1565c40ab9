//! The first derivative in a direction, fused into one kernel per number of axes.

use super::{Direction, GradientGrid, Kind, PerAxis};
use crate::{error::Result, field::Field, grid::Grid, operator::Operator, stencil::Coefficient};

/// The first derivative in a direction v by finite differences, after PyLops's `FirstDirectionalDerivative`:
/// y = ∑ₐ vₐ gₐ with g the [`Gradient`](super::Gradient) of x, in one sweep and one exchange.
///
/// The direction is constant, or a field per axis; fields are moved in.
///
/// Defaults are PyLops's: sampling 1, centered, no edge. One message per neighbour along the axes.
///
/// ```
/// use halo::{prelude::*, stock::FirstDirectionalDerivative};
///
/// let grid = Grid::new(&Comm::solo(), [4, 5])?;
/// let x = grid.field(|[i, j]| (3 * i + j) as f64);
/// let fixed = FirstDirectionalDerivative::new([0.6, 0.8]).edge(true).on(&grid)?;
/// assert!((fixed.forward(&x)?.get([2, 2]).unwrap() - 2.6).abs() < 1e-15);
/// let around = [grid.field(|[_, j]| -(j as f64)), grid.field(|[i, _]| i as f64)];
/// let turning = FirstDirectionalDerivative::new(around).edge(true).on(&grid)?;
/// assert_eq!(turning.forward(&x)?.get([2, 1]), Some(-3.0 + 2.0));
/// turning.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a derivative does nothing until it is put `.on(&grid)`"]
pub struct FirstDirectionalDerivative<const D: usize> {
    direction: Direction<D>,
    sampling: PerAxis,
    kind: Kind,
    edge: bool,
}

impl<const D: usize> FirstDirectionalDerivative<D> {
    /// The derivative in this direction.
    pub fn new(direction: impl Into<Direction<D>>) -> Self {
        FirstDirectionalDerivative {
            direction: direction.into(),
            sampling: 1.0.into(),
            kind: Kind::Centered,
            edge: false,
        }
    }

    /// The distance between neighbouring points along each axis.
    pub fn sampling(mut self, sampling: impl Into<PerAxis>) -> Self {
        self.sampling = sampling.into();
        self
    }

    /// On which side of a point the differences lie.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Whether centered differences become one-sided on the first and the last row of their axis, instead of zero.
    pub fn edge(mut self, edge: bool) -> Self {
        self.edge = edge;
        self
    }

    /// The operator on a grid. Collective.
    ///
    /// # Errors
    /// Samplings of another number than the axes, one that is zero or not finite; a constant direction that is not
    /// finite, a direction's field on another grid.
    pub fn on(self, grid: &Grid<D>) -> Result<Operator<Field<f64, D>, Field<f64, D>>>
    where
        Grid<D>: GradientGrid<D>,
    {
        self.named("FirstDirectionalDerivative", grid)
    }

    /// The operator, as part of the one that errors name.
    pub(super) fn named(
        self,
        operator: &str,
        grid: &Grid<D>,
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>>
    where
        Grid<D>: GradientGrid<D>,
    {
        self.direction.check(operator)?;
        let inverse_steps = self.sampling.inverse_steps(D, operator)?;
        let inv_h = std::array::from_fn(|axis| inverse_steps[axis]);
        match self.direction {
            Direction::Constant(v) => {
                let factors = std::array::from_fn(|axis| v[axis] * inv_h[axis]);
                grid.constant(self.kind, self.edge, factors)
            }
            Direction::Fields(v) => {
                grid.varying(self.kind, self.edge, inv_h, v.map(Coefficient::from))
            }
        }
    }
}

/// The kernels for as many axes as a grid has.
pub trait Directions<const D: usize> {
    /// The sum of the axes' differences times these factors.
    fn constant(
        &self,
        kind: Kind,
        edge: bool,
        factors: [f64; D],
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>>;

    /// The sum of the axes' derivatives times these fields.
    fn varying(
        &self,
        kind: Kind,
        edge: bool,
        inv_h: [f64; D],
        v: [Coefficient<f64>; D],
    ) -> Result<Operator<Field<f64, D>, Field<f64, D>>>;
}
