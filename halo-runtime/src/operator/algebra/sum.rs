//! The sum of two operators between the same spaces, and their difference.

use std::panic::Location;

use super::{
    expression::Expression,
    name::bracketed,
    part::Part,
    refused::{Place, expect_fit},
};
use crate::{
    error::Result,
    field::Vector,
    operator::{LinearOperator, Operator, scratch::Scratch},
};

/// What stands between two operators.
#[derive(Clone, Copy)]
pub(crate) enum Sign {
    Plus,
    Minus,
}

/// `left + right` or `left - right`.
struct Sum<X, Y> {
    name: String,
    left: Operator<X, Y>,
    sign: Sign,
    right: Operator<X, Y>,
    of_right: Scratch<Y>,
    back_of_right: Scratch<X>,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The sum or difference of handles.
    pub(crate) fn sum(&self, sign: Sign, right: &Operator<X, Y>, place: Place) -> Result<Self> {
        let name = sign.between(self.name(), right.name());
        self.check()?;
        right.check()?;
        let takes = |operator: &Self| format!("what `{}` is applied to", operator.name());
        let gives = |operator: &Self| format!("what `{}` gives", operator.name());
        expect_fit(
            &name,
            place,
            (&takes(self), &self.zero_domain()),
            (&takes(right), &right.zero_domain()),
        )?;
        expect_fit(
            &name,
            place,
            (&gives(self), &self.zero_range()),
            (&gives(right), &right.zero_range()),
        )?;
        Ok(Operator::new(Sum {
            name,
            left: self.clone(),
            sign,
            right: right.clone(),
            of_right: Scratch::new(),
            back_of_right: Scratch::new(),
        }))
    }

    /// The sum or difference of handles; where it has an error, the operator that says so.
    #[track_caller]
    pub(crate) fn sum_or_refused(&self, sign: Sign, right: &Operator<X, Y>) -> Self {
        self.sum(sign, right, Location::caller())
            .unwrap_or_else(|error| {
                let name = sign.between(self.name(), right.name());
                Operator::refused(name, error, self.zero_domain(), self.zero_range())
            })
    }
}

impl Sign {
    fn factor(self) -> f64 {
        match self {
            Sign::Plus => 1.0,
            Sign::Minus => -1.0,
        }
    }

    fn between(self, left: &str, right: &str) -> String {
        match self {
            Sign::Plus => format!("{left} + {right}"),
            Sign::Minus => format!("{left} - {}", bracketed(right, &[" + ", " - "])),
        }
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Sum<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.left.forward_into(x, y)?;
        let make = || self.right.zero_range();
        self.of_right.with(&self.name, make, |of_right| {
            self.right.forward_into(x, of_right)?;
            y.axpy(self.sign.factor(), of_right)
        })
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.left.adjoint_into(y, x)?;
        let make = || self.right.zero_domain();
        self.back_of_right.with(&self.name, make, |of_right| {
            self.right.adjoint_into(y, of_right)?;
            x.axpy(self.sign.factor(), of_right)
        })
    }

    fn zero_domain(&self) -> X {
        self.left.zero_domain()
    }

    fn zero_range(&self) -> Y {
        self.left.zero_range()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.left.for_each_part(visit)?;
        self.right.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        let right = self.right.expression();
        Expression::sum([
            self.left.expression(),
            Expression::multiple(self.sign.factor().into(), right),
        ])
    }
}
