//! What every operator can do: forward, adjoint, and the test that one is the other's transpose.
//!
//! Solvers and compositions know operators by this trait alone.

use crate::{
    error::{Error, Result},
    field::Vector,
    operator::{Expression, Operator, Part, SelfAdjoint, Test},
};

/// A linear map between spaces of distributed vectors, with its exact adjoint.
///
/// All verbs are collective: every rank of the communicator calls them, with the same operator.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn difference(u: Input<f64, 1>) -> f64 {
///     u[1] - u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [5])?;
/// let operator = Difference.on(&grid)?;
/// let y = operator.forward(&grid.field(|[i]| (i * i) as f64))?;
/// assert_eq!(y.view().to_vec(), [1.0, 3.0, 5.0, 7.0, -16.0]); // zero beyond the grid's end
/// let x = operator.adjoint(&y)?;
/// assert_eq!(x.view()[0], -1.0);
/// # Ok::<(), halo::Error>(())
/// ```
pub trait LinearOperator {
    /// What the operator is applied to.
    type Domain: Vector;
    /// What it gives.
    type Range: Vector;

    /// What messages call the operator.
    fn name(&self) -> &str;

    /// An error where the operator cannot be applied at all: where the spaces of the operators it is made of do not fit. The
    /// other verbs return the same error.
    ///
    /// # Errors
    /// [`Error::SpaceMismatch`], naming both spaces.
    fn check(&self) -> Result {
        Ok(())
    }

    /// y = A x, into storage at hand; nothing is allocated after the first call.
    ///
    /// # Errors
    /// When a vector lives on another grid than the operator, or another rank has failed.
    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result;

    /// x = Aᴴ y, into storage at hand; nothing is allocated after the first call.
    ///
    /// # Errors
    /// As for [`forward_into`](Self::forward_into).
    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result;

    /// The zero vector of the domain.
    fn zero_domain(&self) -> Self::Domain;

    /// The zero vector of the range.
    fn zero_range(&self) -> Self::Range;

    /// y = A x.
    ///
    /// # Errors
    /// As for [`forward_into`](Self::forward_into).
    fn forward(&self, x: &Self::Domain) -> Result<Self::Range> {
        let mut y = self.zero_range();
        self.forward_into(x, &mut y)?;
        Ok(y)
    }

    /// x = Aᴴ y.
    ///
    /// # Errors
    /// As for [`forward_into`](Self::forward_into).
    fn adjoint(&self, y: &Self::Range) -> Result<Self::Domain> {
        let mut x = self.zero_domain();
        self.adjoint_into(y, &mut x)?;
        Ok(x)
    }

    /// Checks ⟨A x, y⟩ = ⟨x, Aᴴ y⟩ with `==`, in exact arithmetic. Collective.
    ///
    /// A stencil runs its generated code, packers, exchange and folds over the prime field of order 2⁶¹ - 1, on random x
    /// and y, other ones at each call; an operator made of others tests these. A wrong adjoint passes with a probability
    /// below 1e-17.
    ///
    /// # Errors
    /// [`Error::ExactAdjointTest`] where the products differ; [`Error::Invalid`] for an operator that cannot be run in
    /// exact arithmetic.
    fn exact_adjoint_test(&self) -> Result {
        let mut parts = 0;
        self.for_each_part(&mut |part| {
            parts += 1;
            part.test(Test::Exact)
                .map_err(|error| within(self.name(), error))
        })?;
        if parts > 0 {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "`{}` runs in floating point only and has no exact adjoint test; use `dot_test`",
            self.name()
        )))
    }

    /// Checks A = Aᴴ. Collective, with the same answer on every rank.
    ///
    /// A stencil knows whether its formula is its own adjoint in the interior, and which boundary kinds keep that; where that
    /// does not prove it, ⟨A x, y⟩ == ⟨x, A y⟩ is tested in exact arithmetic with the actual boundaries and parameters.
    ///
    /// An operator made of others is asked by its formula: AᴴA, A + Aᴴ, BᴴCB with a self-adjoint C, and sums, powers, stacks and
    /// real multiples of self-adjoint operators are so, with the operators that they are made of.
    ///
    /// # Errors
    /// [`Error::NotSelfAdjoint`], naming what breaks the symmetry; [`Error::Invalid`] for an operator that cannot tell.
    fn check_self_adjoint(&self) -> Result {
        self.check()?;
        if self.expression().is_self_adjoint() {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "`{}` cannot tell whether it is its own adjoint; use `assume_self_adjoint` where you know it is",
            self.name()
        )))
    }

    /// The operator as one that is its own adjoint, checked. Collective.
    ///
    /// ```
    /// use halo::{Error, prelude::*};
    ///
    /// #[stencil]
    /// fn second(u: Input<f64, 1>) -> f64 {
    ///     u[-1] - 2.0 * u[0] + u[1]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [8])?;
    /// let operator = Second.boundary(Boundary::Mirror).on(&grid)?.self_adjoint()?;
    /// let x = grid.field(|[i]| i as f64);
    /// assert_eq!(operator.adjoint(&x)?.view(), operator.forward(&x)?.view());
    ///
    /// let refused = Second.boundary_at(0, Side::High, Boundary::Reflect).on(&grid)?.self_adjoint();
    /// let refused = refused.unwrap_err().to_string();
    /// assert!(refused.contains("its formula is, but not with Reflect at the high end of axis 0"));
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`check_self_adjoint`](Self::check_self_adjoint).
    fn self_adjoint(&self) -> Result<SelfAdjoint<Self>>
    where
        Self: LinearOperator<Range = <Self as LinearOperator>::Domain> + Clone,
    {
        self.check_self_adjoint()?;
        Ok(self.assume_self_adjoint())
    }

    /// The operator as one that is its own adjoint, unchecked: a solver given a wrong one converges to a wrong answer, or not
    /// at all.
    fn assume_self_adjoint(&self) -> SelfAdjoint<Self>
    where
        Self: LinearOperator<Range = <Self as LinearOperator>::Domain> + Clone,
    {
        SelfAdjoint::new(self.clone())
    }

    /// Checks ⟨A x, y⟩ = ⟨x, Aᴴ y⟩ in floating point, for random x and y that are the same on any number of ranks.
    ///
    /// The difference is measured against the mean of ‖A x‖ ‖y‖ and ‖x‖ ‖Aᴴ y‖; f64 passes 1e-12, f32 1e-4.
    ///
    /// Where an operator made of others fails, these are tested in turn, and the error names the one at fault.
    ///
    /// # Errors
    /// [`Error::AdjointTest`] with both products where the relative difference exceeds `tolerance`; of a part,
    /// [`Error::Within`] the whole.
    fn dot_test(&self, tolerance: f64) -> Result {
        let (mut x, mut y) = (self.zero_domain(), self.zero_range());
        x.randomize(1);
        y.randomize(2);
        let (ax, aty) = (self.forward(&x)?, self.adjoint(&y)?);
        let (forward, adjoint) = (ax.dot(&y)?, x.dot(&aty)?);
        let scale = 0.5 * (ax.norm()? * y.norm()? + x.norm()? * aty.norm()?);
        let difference = if scale == 0.0 {
            0.0
        } else {
            (forward - adjoint).abs() / scale
        };
        // A comparison with NaN must fail.
        if difference <= tolerance {
            return Ok(());
        }
        let error = Error::AdjointTest {
            operator: self.name().into(),
            forward: forward.to_string(),
            adjoint: adjoint.to_string(),
            difference,
            tolerance,
        };
        self.for_each_part(&mut |part| {
            let tested = part.test(Test::Dot(tolerance));
            tested.map_err(|error| within(self.name(), error))
        })?;
        Err(error)
    }

    /// Calls `visit` with each of the operators that this one is made of, and with none where it is made of none.
    ///
    /// # Errors
    /// The first of `visit`.
    fn for_each_part(&self, _visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        Ok(())
    }

    /// What the operator is made of, as a formula.
    #[doc(hidden)]
    fn expression(&self) -> Expression {
        Expression::unknown()
    }

    /// The operator as an owned handle.
    #[doc(hidden)]
    fn to_handle(&self) -> Operator<Self::Domain, Self::Range>
    where
        Self: Clone + 'static,
    {
        Operator::new(self.clone())
    }
}

/// An error of a part, told as one of the whole.
fn within(whole: &str, error: Error) -> Error {
    Error::Within {
        whole: whole.into(),
        error: Box::new(error),
    }
}
