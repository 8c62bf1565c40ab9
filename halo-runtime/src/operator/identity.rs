//! The identity, as the operator that damping and regularisation are made of.

use std::rc::Rc;

use crate::{
    error::Result,
    field::Vector,
    operator::{LinearOperator, algebra},
};

/// I: a vector to itself.
///
/// ```
/// use halo::{operator::Identity, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let x = grid.field(|[i]| i as f64);
/// let damping = 0.1 * Identity::like(&x);
/// assert_eq!(damping.forward(&x)?.get([3]), Some(0.1 * 3.0));
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Identity<X> {
    zero: Rc<X>,
}

impl<X: Vector> Identity<X> {
    /// The identity of the space that a vector lies in.
    pub fn like(vector: &X) -> Self {
        Identity {
            zero: Rc::new(vector.zeros_like()),
        }
    }
}

impl<X: Vector> LinearOperator for Identity<X> {
    type Domain = X;
    type Range = X;

    fn name(&self) -> &str {
        "I"
    }

    fn forward_into(&self, x: &X, y: &mut X) -> Result {
        self.zero.expect_same_space(x)?;
        y.copy_from(x)
    }

    fn adjoint_into(&self, y: &X, x: &mut X) -> Result {
        self.forward_into(y, x)
    }

    fn zero_domain(&self) -> X {
        self.zero.zeros_like()
    }

    fn zero_range(&self) -> X {
        self.zero.zeros_like()
    }

    /// A copy has nothing to round.
    fn exact_adjoint_test(&self) -> Result {
        Ok(())
    }

    fn check_self_adjoint(&self) -> Result {
        Ok(())
    }
}

impl<X> Clone for Identity<X> {
    fn clone(&self) -> Self {
        Identity {
            zero: Rc::clone(&self.zero),
        }
    }
}

algebra!([X: Vector] Identity<X>);
