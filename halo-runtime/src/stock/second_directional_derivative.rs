//! The second derivative in a direction, made of the first one and its adjoint.

use std::cell::RefCell;

use super::{Direction, FirstDirectionalDerivative, GradientGrid, Kind, PerAxis};
use crate::{error::Result, field::Field, grid::Grid, operator::Operator, prelude::*};

/// The second derivative in a direction, after PyLops's `SecondDirectionalDerivative`: -Dᵀ D, with D the
/// [`FirstDirectionalDerivative`] of the same choices. It is symmetric, and not positive.
///
/// Defaults are PyLops's: sampling 1, centered, no edge. Two sweeps and two exchanges, one field of workspace.
///
/// ```
/// use halo::{prelude::*, stock::{Kind, SecondDirectionalDerivative}};
///
/// let grid = Grid::new(&Comm::solo(), [6, 6])?;
/// let x = grid.field(|[i, _]| (i * i) as f64);
/// let operator = SecondDirectionalDerivative::new([1.0, 0.0]).kind(Kind::Forward).on(&grid)?;
/// assert_eq!(operator.forward(&x)?.get([2, 2]), Some(2.0));
/// operator.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a derivative does nothing until it is put `.on(&grid)`"]
pub struct SecondDirectionalDerivative<const D: usize>(FirstDirectionalDerivative<D>);

impl<const D: usize> SecondDirectionalDerivative<D> {
    /// The derivative in this direction.
    pub fn new(direction: impl Into<Direction<D>>) -> Self {
        SecondDirectionalDerivative(FirstDirectionalDerivative::new(direction))
    }

    /// The distance between neighbouring points along each axis.
    pub fn sampling(self, sampling: impl Into<PerAxis>) -> Self {
        SecondDirectionalDerivative(self.0.sampling(sampling))
    }

    /// On which side of a point the differences of the first derivative lie.
    pub fn kind(self, kind: Kind) -> Self {
        SecondDirectionalDerivative(self.0.kind(kind))
    }

    /// Whether centered differences become one-sided on the first and the last row of their axis, instead of zero.
    pub fn edge(self, edge: bool) -> Self {
        SecondDirectionalDerivative(self.0.edge(edge))
    }

    /// The operator on a grid. Collective.
    ///
    /// # Errors
    /// As for [`FirstDirectionalDerivative::on`].
    pub fn on(self, grid: &Grid<D>) -> Result<Operator<Field<f64, D>, Field<f64, D>>>
    where
        Grid<D>: GradientGrid<D>,
    {
        let first = self.0.named("SecondDirectionalDerivative", grid)?;
        let slope = first.zero_range().into();
        Ok(Operator::new(MinusNormal { first, slope }))
    }
}

/// -Dᵀ D.
struct MinusNormal<const D: usize> {
    first: Operator<Field<f64, D>, Field<f64, D>>,
    /// D x.
    slope: RefCell<Field<f64, D>>,
}

impl<const D: usize> LinearOperator for MinusNormal<D> {
    type Domain = Field<f64, D>;
    type Range = Field<f64, D>;

    fn name(&self) -> &str {
        "SecondDirectionalDerivative"
    }

    fn forward_into(&self, x: &Field<f64, D>, y: &mut Field<f64, D>) -> Result {
        let mut slope = self.slope.borrow_mut();
        self.first.forward_into(x, &mut slope)?;
        self.first.adjoint_into(&slope, y)?;
        y.scale(-1.0);
        Ok(())
    }

    fn adjoint_into(&self, y: &Field<f64, D>, x: &mut Field<f64, D>) -> Result {
        self.forward_into(y, x)
    }

    fn zero_domain(&self) -> Field<f64, D> {
        self.first.zero_domain()
    }

    fn zero_range(&self) -> Field<f64, D> {
        self.first.zero_domain()
    }

    fn exact_adjoint_test(&self) -> Result {
        // What is made of D and its exact transpose is its own transpose exactly.
        self.first.exact_adjoint_test()
    }
}
