//! The adjoint of an operator as an operator of its own: forward and adjoint change places.

use super::{expression::Expression, name::bracketed, part::Part};
use crate::{
    error::Result,
    field::Vector,
    operator::{LinearOperator, Operator},
};

/// `operatorᴴ`.
struct Adjoint<X, Y> {
    name: String,
    operator: Operator<X, Y>,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The adjoint of a handle.
    pub(crate) fn turned(&self) -> Operator<Y, X> {
        self.turned_as(format!("{}ᴴ", bracketed(self.name(), &[" "])))
    }

    /// The adjoint of a handle by another name.
    pub(crate) fn turned_as(&self, name: String) -> Operator<Y, X> {
        let operator = self.clone();
        Operator::new(Adjoint { name, operator })
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Adjoint<X, Y> {
    type Domain = Y;
    type Range = X;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn forward_into(&self, y: &Y, x: &mut X) -> Result {
        self.operator.adjoint_into(y, x)
    }

    fn adjoint_into(&self, x: &X, y: &mut Y) -> Result {
        self.operator.forward_into(x, y)
    }

    fn zero_domain(&self) -> Y {
        self.operator.zero_range()
    }

    fn zero_range(&self) -> X {
        self.operator.zero_domain()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.operator.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        Expression::adjoint(self.operator.expression())
    }
}
