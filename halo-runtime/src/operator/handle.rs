//! The owned handle that all operators convert into, so that operators of different kinds can stand in one place.

use std::fmt;
use std::rc::Rc;

use crate::{
    error::Result,
    field::Vector,
    operator::{Expression, LinearOperator, Part, algebra},
};

/// Any linear operator from `X` to `Y`, cheap to clone.
///
/// ```
/// use halo::{operator::Operator, prelude::*};
///
/// #[stencil]
/// fn upwind(u: Input<f64, 1>) -> f64 {
///     u[0] - u[-1]
/// }
///
/// #[stencil]
/// fn downwind(u: Input<f64, 1>) -> f64 {
///     u[1] - u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [8])?;
/// let operators: [Operator<Field<f64, 1>, Field<f64, 1>>; 2] =
///     [Operator::new(Upwind.on(&grid)?), Operator::new(Downwind.on(&grid)?)];
/// for operator in &operators {
///     operator.dot_test(1e-12)?;
/// }
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Operator<X, Y> {
    operator: Rc<dyn LinearOperator<Domain = X, Range = Y>>,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The handle of an operator.
    pub fn new(operator: impl LinearOperator<Domain = X, Range = Y> + 'static) -> Self {
        Operator {
            operator: Rc::new(operator),
        }
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Operator<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        self.operator.name()
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.operator.forward_into(x, y)
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.operator.adjoint_into(y, x)
    }

    fn zero_domain(&self) -> X {
        self.operator.zero_domain()
    }

    fn zero_range(&self) -> Y {
        self.operator.zero_range()
    }

    fn exact_adjoint_test(&self) -> Result {
        self.operator.exact_adjoint_test()
    }

    fn check_self_adjoint(&self) -> Result {
        self.operator.check_self_adjoint()
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn dot_test(&self, tolerance: f64) -> Result {
        self.operator.dot_test(tolerance)
    }

    /// The parts of the operator, or the operator itself where it has none.
    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        let mut composite = false;
        self.operator.for_each_part(&mut |part| {
            composite = true;
            visit(part)
        })?;
        match composite {
            true => Ok(()),
            false => visit(self),
        }
    }

    fn expression(&self) -> Expression {
        let address = Rc::as_ptr(&self.operator).addr();
        self.operator.expression().told_by(address, self.clone())
    }

    fn to_handle(&self) -> Self {
        self.clone()
    }
}

algebra!(@signs [X: Vector, Y: Vector] Operator<X, Y>);

impl<X: Vector, Y: Vector> fmt::Debug for Operator<X, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({})", self.name())
    }
}

impl<X, Y> Clone for Operator<X, Y> {
    fn clone(&self) -> Self {
        Operator {
            operator: Rc::clone(&self.operator),
        }
    }
}
