//! Operators that are their own adjoint, as a type: what a solver such as conjugate gradients may be given.

use std::fmt;

use crate::{
    error::Result,
    operator::{Expression, LinearOperator, Part, algebra},
};

/// An operator A with Aᴴ = A, known or asserted to be: made by [`LinearOperator::self_adjoint`] or
/// [`LinearOperator::assume_self_adjoint`].
///
/// It holds for the parameters and coefficients that the operator had then.
///
/// ```
/// use halo::{operator::SelfAdjoint, prelude::*};
///
/// #[stencil]
/// fn diffusion(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
///     k[0] * (u[1] - u[0]) - k[-1] * (u[0] - u[-1])
/// }
///
/// /// The quotient ⟨x, A x⟩ / ⟨x, x⟩, which is an eigenvalue's where x is its eigenvector.
/// fn rayleigh<A: LinearOperator>(a: &SelfAdjoint<A>, x: &A::Domain) -> halo::Result<f64>
/// where
///     A: LinearOperator<Range = <A as LinearOperator>::Domain>,
/// {
///     Ok(x.dot(&a.forward(x)?)? / x.dot(x)?)
/// }
///
/// let grid = Grid::new(&Comm::solo(), [8])?;
/// let diffusion = Diffusion { k: 1.0.into() };
/// let operator = diffusion.boundary(Boundary::Mirror).on(&grid)?.self_adjoint()?;
/// assert_eq!(rayleigh(&operator, &grid.field(|_| 1.0))?, 0.0);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
pub struct SelfAdjoint<A> {
    operator: A,
}

impl<A> SelfAdjoint<A> {
    pub(crate) fn new(operator: A) -> Self {
        SelfAdjoint { operator }
    }

    /// The operator itself.
    pub fn inner(&self) -> &A {
        &self.operator
    }
}

/// Forward and adjoint are both the operator's forward.
impl<A, X> LinearOperator for SelfAdjoint<A>
where
    A: LinearOperator<Domain = X, Range = X>,
    X: crate::field::Vector,
{
    type Domain = X;
    type Range = X;

    fn name(&self) -> &str {
        self.operator.name()
    }

    fn forward_into(&self, x: &X, y: &mut X) -> Result {
        self.operator.forward_into(x, y)
    }

    fn adjoint_into(&self, y: &X, x: &mut X) -> Result {
        self.operator.forward_into(y, x)
    }

    fn zero_domain(&self) -> X {
        self.operator.zero_domain()
    }

    fn zero_range(&self) -> X {
        self.operator.zero_range()
    }

    fn exact_adjoint_test(&self) -> Result {
        self.operator.exact_adjoint_test()
    }

    fn check_self_adjoint(&self) -> Result {
        Ok(())
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.operator.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        self.operator.expression()
    }
}

algebra!(
    [A, X] SelfAdjoint<A>,
    where [A: LinearOperator<Domain = X, Range = X> + Clone + 'static, X: crate::field::Vector,]
);

impl<A: LinearOperator> fmt::Debug for SelfAdjoint<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SelfAdjoint({})", self.operator.name())
    }
}
