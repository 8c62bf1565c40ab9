//! The operator with complex conjugate weights: conjugation, the operator, conjugation.

use super::{expression::Expression, name::bracketed, part::Part};
use crate::{
    error::Result,
    field::Vector,
    operator::{LinearOperator, Operator, scratch::Scratch},
};

/// `conj(operator)`.
struct Conjugate<X, Y> {
    name: String,
    operator: Operator<X, Y>,
    of_domain: Scratch<X>,
    of_range: Scratch<Y>,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The conjugate of a handle; between real spaces, the handle itself.
    pub(super) fn conjugated(&self) -> Self {
        if !X::COMPLEX && !Y::COMPLEX {
            return self.clone();
        }
        Operator::new(Conjugate {
            name: format!("conj({})", self.name()),
            operator: self.clone(),
            of_domain: Scratch::new(),
            of_range: Scratch::new(),
        })
    }

    /// The transpose of a handle.
    pub(super) fn transposed(&self) -> Operator<Y, X> {
        if !X::COMPLEX && !Y::COMPLEX {
            return self.turned();
        }
        Operator::new(Conjugate {
            name: format!("{}ᵀ", bracketed(self.name(), &[" "])),
            operator: self.turned(),
            of_domain: Scratch::new(),
            of_range: Scratch::new(),
        })
    }
}

impl<X: Vector, Y: Vector> LinearOperator for Conjugate<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        let make = || self.operator.zero_domain();
        self.of_domain.with(&self.name, make, |conjugate| {
            conjugate.copy_from(x)?;
            conjugate.conjugate();
            self.operator.forward_into(conjugate, y)
        })?;
        y.conjugate();
        Ok(())
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        let make = || self.operator.zero_range();
        self.of_range.with(&self.name, make, |conjugate| {
            conjugate.copy_from(y)?;
            conjugate.conjugate();
            self.operator.adjoint_into(conjugate, x)
        })?;
        x.conjugate();
        Ok(())
    }

    fn zero_domain(&self) -> X {
        self.operator.zero_domain()
    }

    fn zero_range(&self) -> Y {
        self.operator.zero_range()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.operator.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        Expression::conjugate(self.operator.expression())
    }
}
