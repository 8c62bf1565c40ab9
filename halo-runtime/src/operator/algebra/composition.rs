//! The product of two operators: one applied after the other.

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

/// `outer * inner`, with the vector between them.
struct Composition<X, M, Y> {
    name: String,
    outer: Operator<M, Y>,
    inner: Operator<X, M>,
    between: Scratch<M>,
}

impl<M: Vector, Y: Vector> Operator<M, Y> {
    /// The product of handles.
    pub(crate) fn after<X: Vector>(
        &self,
        inner: &Operator<X, M>,
        place: Place,
    ) -> Result<Operator<X, Y>> {
        let name = product(self.name(), inner.name());
        self.check()?;
        inner.check()?;
        expect_fit(
            &name,
            place,
            (
                &format!("what `{}` is applied to", self.name()),
                &self.zero_domain(),
            ),
            (
                &format!("what `{}` gives", inner.name()),
                &inner.zero_range(),
            ),
        )?;
        Ok(Operator::new(Composition {
            name,
            outer: self.clone(),
            inner: inner.clone(),
            between: Scratch::new(),
        }))
    }

    /// The product of handles; where it has an error, the operator that says so.
    #[track_caller]
    pub(crate) fn after_or_refused<X: Vector>(&self, inner: &Operator<X, M>) -> Operator<X, Y> {
        self.after(inner, Location::caller())
            .unwrap_or_else(|error| {
                let name = product(self.name(), inner.name());
                Operator::refused(name, error, inner.zero_domain(), self.zero_range())
            })
    }
}

fn product(outer: &str, inner: &str) -> String {
    let sums = [" + ", " - "];
    format!("{} * {}", bracketed(outer, &sums), bracketed(inner, &sums))
}

impl<X: Vector, M: Vector, Y: Vector> LinearOperator for Composition<X, M, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        let make = || self.inner.zero_range();
        self.between.with(&self.name, make, |between| {
            self.inner.forward_into(x, between)?;
            self.outer.forward_into(between, y)
        })
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        let make = || self.inner.zero_range();
        self.between.with(&self.name, make, |between| {
            self.outer.adjoint_into(y, between)?;
            self.inner.adjoint_into(between, x)
        })
    }

    fn zero_domain(&self) -> X {
        self.inner.zero_domain()
    }

    fn zero_range(&self) -> Y {
        self.outer.zero_range()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.outer.for_each_part(visit)?;
        self.inner.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        Expression::product([self.outer.expression(), self.inner.expression()])
    }
}
