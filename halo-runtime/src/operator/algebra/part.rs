//! The operators that a composite is made of, as far as tests need to know them.
//!
//! Their spaces differ, so they are met one by one behind this trait: a test that a composite fails is given to each of
//! its parts in turn, to name the one at fault.

use crate::{error::Result, operator::LinearOperator};

/// A test of an operator against its adjoint.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Test {
    /// [`LinearOperator::exact_adjoint_test`].
    Exact,
    /// [`LinearOperator::dot_test`] with this tolerance.
    Dot(f64),
}

/// Any operator, whatever its spaces; nobody need implement it.
pub trait Part {
    /// Gives the operator a test. Collective.
    ///
    /// # Errors
    /// Those of the test.
    fn test(&self, test: Test) -> Result;

    /// Whether the operator knows itself to be its own adjoint. Collective.
    fn is_self_adjoint(&self) -> bool;
}

impl<A: LinearOperator> Part for A {
    fn test(&self, test: Test) -> Result {
        match test {
            Test::Exact => self.exact_adjoint_test(),
            Test::Dot(tolerance) => self.dot_test(tolerance),
        }
    }

    fn is_self_adjoint(&self) -> bool {
        self.check_self_adjoint().is_ok()
    }
}
