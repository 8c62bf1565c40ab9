//! The first derivatives along all axes at once, fused into one kernel per number of axes.

use super::{
    Kind, PerAxis,
    first_derivative::{Difference, Order},
    first_directional_derivative::Directions,
};
use crate::{
    error::Result,
    field::{Field, FieldSet, Vector},
    grid::Grid,
    operator::Operator,
};

/// The gradient by finite differences, after PyLops's `Gradient`: component a is
/// [`FirstDerivative`](super::FirstDerivative) of order 3 along axis a, all of them in one sweep and one exchange.
///
/// The range is a tuple of one field per axis of the grid, on one axis a field by itself. PyLops stacks them in one
/// array of shape (axes, ..) instead.
///
/// Defaults are PyLops's: sampling 1, centered, no edge. One message per neighbour forward; one per neighbour and axis
/// adjoint.
///
/// ```
/// use halo::{prelude::*, stock::Gradient};
///
/// let grid = Grid::new(&Comm::solo(), [4, 5])?;
/// let gradient = Gradient::new().sampling([0.5, 1.0]).edge(true).on(&grid)?;
/// let (down, across) = gradient.forward(&grid.field(|[i, j]| (3 * i + j * j) as f64))?;
/// assert_eq!(down.get([2, 1]), Some(6.0));
/// assert_eq!(across.get([2, 1]), Some(2.0));
/// let minus_divergence = gradient.adjoint(&(down, across))?;
/// # assert!(minus_divergence.norm()? > 0.0);
/// gradient.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a gradient does nothing until it is put `.on(&grid)`"]
pub struct Gradient {
    sampling: PerAxis,
    kind: Kind,
    edge: bool,
}

impl Gradient {
    /// The gradient along all axes of a grid.
    #[expect(
        clippy::new_without_default,
        reason = "it starts a chain of choices, as its neighbours do"
    )]
    pub fn new() -> Self {
        Gradient {
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
    /// Samplings of another number than the axes, one that is zero or not finite.
    pub fn on<const D: usize>(self, grid: &Grid<D>) -> Result<GradientOperator<D>>
    where
        Grid<D>: GradientGrid<D>,
    {
        let inverse_steps = self.sampling.inverse_steps(D, "Gradient")?;
        grid.gradient(self.kind, self.edge, &inverse_steps)
    }
}

/// From a field to its derivatives along the axes.
pub type GradientOperator<const D: usize> =
    Operator<Field<f64, D>, <Grid<D> as GradientGrid<D>>::Components>;

/// Grids on which there are gradients and directional derivatives, those of one to four axes: a bound for programs that
/// are generic over the number of axes.
pub trait GradientGrid<const D: usize>: Directions<D> {
    /// One field per axis, in a tuple where there are several.
    type Components: Vector + FieldSet<f64, D>;

    #[doc(hidden)]
    fn gradient(
        &self,
        kind: Kind,
        edge: bool,
        inverse_steps: &[f64],
    ) -> Result<Operator<Field<f64, D>, Self::Components>>;
}

impl GradientGrid<1> for Grid<1> {
    type Components = Field<f64, 1>;

    #[inline]
    fn gradient(
        &self,
        kind: Kind,
        edge: bool,
        inverse_steps: &[f64],
    ) -> Result<Operator<Field<f64, 1>, Self::Components>> {
        let difference = Difference {
            kind,
            order: Order::Three,
            edge,
        };
        difference.on(self, 0, inverse_steps[0])
    }
}
