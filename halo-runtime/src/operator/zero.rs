//! The zero operator, which fills the empty places of block matrices.

use std::rc::Rc;

use crate::{
    error::Result,
    field::Vector,
    operator::{LinearOperator, algebra},
};

/// 0: every vector to the zero vector of another space.
///
/// ```
/// use halo::{operator::Zero, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let zero = Zero::between(&grid.zeros::<f64>(), &grid.zeros_at::<Face<0>, f64>());
/// assert_eq!(zero.forward(&grid.field(|_| f64::NAN))?.norm()?, 0.0);
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Zero<X, Y> {
    zeros: Rc<(X, Y)>,
}

impl<X: Vector, Y: Vector> Zero<X, Y> {
    /// The zero operator between the spaces that two vectors lie in.
    pub fn between(domain: &X, range: &Y) -> Self {
        Zero {
            zeros: Rc::new((domain.zeros_like(), range.zeros_like())),
        }
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Zero<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        "0"
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.zeros.0.expect_same_space(x)?;
        y.copy_from(&self.zeros.1)
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.zeros.1.expect_same_space(y)?;
        x.copy_from(&self.zeros.0)
    }

    fn zero_domain(&self) -> X {
        self.zeros.0.zeros_like()
    }

    fn zero_range(&self) -> Y {
        self.zeros.1.zeros_like()
    }

    /// Zeros have nothing to round.
    fn exact_adjoint_test(&self) -> Result {
        Ok(())
    }
}

impl<X, Y> Clone for Zero<X, Y> {
    fn clone(&self) -> Self {
        Zero {
            zeros: Rc::clone(&self.zeros),
        }
    }
}

algebra!([X: Vector, Y: Vector] Zero<X, Y>);
