//! What an expression of operators becomes whose spaces do not fit.
//!
//! The signs `*`, `+` and `-` have no way to fail in Rust, so they give an operator that answers every verb with the error.

use std::panic::Location;

use crate::{
    error::{Error, Result, SpaceMismatch},
    field::Vector,
    operator::{LinearOperator, Operator},
};

/// Where operators were put together.
pub(crate) type Place = &'static Location<'static>;

/// An operator that can do nothing but say why.
struct Refused<X, Y> {
    name: String,
    error: Error,
    domain: X,
    range: Y,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The operator that answers every verb with `error`.
    pub(super) fn refused(name: String, error: Error, domain: X, range: Y) -> Self {
        Operator::new(Refused {
            name,
            error,
            domain,
            range,
        })
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Refused<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result {
        Err(self.error.clone())
    }

    fn forward_into(&self, _: &X, _: &mut Y) -> Result {
        self.check()
    }

    fn adjoint_into(&self, _: &Y, _: &mut X) -> Result {
        self.check()
    }

    fn zero_domain(&self) -> X {
        self.domain.zeros_like()
    }

    fn zero_range(&self) -> Y {
        self.range.zeros_like()
    }

    fn exact_adjoint_test(&self) -> Result {
        self.check()
    }

    fn check_self_adjoint(&self) -> Result {
        self.check()
    }
}

/// An error unless the two spaces are one; each is given with what it is of.
pub(crate) fn expect_fit<V: Vector>(
    expression: &str,
    place: Place,
    (left, of_left): (&str, &V),
    (right, of_right): (&str, &V),
) -> Result {
    if of_left.expect_same_space(of_right).is_ok() {
        return Ok(());
    }
    Err(Error::SpaceMismatch(Box::new(SpaceMismatch {
        expression: expression.into(),
        place: place.to_string(),
        left: left.into(),
        left_space: of_left.space(),
        right: right.into(),
        right_space: of_right.space(),
    })))
}
