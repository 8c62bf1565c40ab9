//! An operator applied again and again.

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
    operator::{Identity, LinearOperator, Operator, scratch::Scratch},
};

/// `operator^exponent`, for exponents from 2 on.
struct Power<X> {
    name: String,
    operator: Operator<X, X>,
    exponent: u32,
    between: [Scratch<X>; 2],
}

impl<X: Vector> Operator<X, X> {
    /// The power of a handle.
    pub(super) fn to_the(&self, exponent: u32, place: Place) -> Result<Self> {
        self.check()?;
        let name = power(self.name(), exponent);
        expect_fit(
            &name,
            place,
            (
                &format!("what `{}` is applied to", self.name()),
                &self.zero_domain(),
            ),
            (&format!("what `{}` gives", self.name()), &self.zero_range()),
        )?;
        Ok(match exponent {
            0 => Operator::new(Identity::like(&self.zero_domain())),
            1 => self.clone(),
            _ => Operator::new(Power {
                name,
                operator: self.clone(),
                exponent,
                between: [Scratch::new(), Scratch::new()],
            }),
        })
    }

    /// The power of a handle; where it has an error, the operator that says so.
    #[track_caller]
    pub(super) fn to_the_or_refused(&self, exponent: u32) -> Self {
        self.to_the(exponent, Location::caller())
            .unwrap_or_else(|error| {
                let name = power(self.name(), exponent);
                Operator::refused(name, error, self.zero_domain(), self.zero_range())
            })
    }
}

fn power(name: &str, exponent: u32) -> String {
    format!("{}^{exponent}", bracketed(name, &[" "]))
}

impl<X: Vector> Power<X> {
    /// Takes `from` to `to` by as many steps as the exponent says, each from one vector into another.
    fn repeat(&self, from: &X, to: &mut X, step: impl Fn(&X, &mut X) -> Result) -> Result {
        let make = || self.operator.zero_domain();
        let [odd, even] = &self.between;
        odd.with(&self.name, make, |odd| {
            step(from, odd)?;
            if self.exponent == 2 {
                return step(odd, to);
            }
            even.with(&self.name, make, |even| {
                let (mut last, mut next) = (odd, even);
                for _ in 2..self.exponent {
                    step(last, next)?;
                    std::mem::swap(&mut last, &mut next);
                }
                step(last, to)
            })
        })
    }
}

impl<X: Vector> LinearOperator for Power<X> {
    type Domain = X;
    type Range = X;

    fn name(&self) -> &str {
        &self.name
    }

    fn forward_into(&self, x: &X, y: &mut X) -> Result {
        self.repeat(x, y, |x, y| self.operator.forward_into(x, y))
    }

    fn adjoint_into(&self, y: &X, x: &mut X) -> Result {
        self.repeat(y, x, |y, x| self.operator.adjoint_into(y, x))
    }

    fn zero_domain(&self) -> X {
        self.operator.zero_domain()
    }

    fn zero_range(&self) -> X {
        self.operator.zero_range()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.operator.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        Expression::power(self.operator.expression(), self.exponent)
    }
}
