//! An operator times a number.

use num_complex::Complex;

use super::{expression::Expression, name::bracketed, part::Part};
use crate::{
    error::Result,
    field::{ComplexVector, Vector},
    operator::{LinearOperator, Operator},
};

/// `factor * operator`, for a real factor.
struct RealMultiple<X, Y> {
    name: String,
    factor: f64,
    operator: Operator<X, Y>,
}

/// `factor * operator`, for a complex factor.
struct ComplexMultiple<X, Y> {
    name: String,
    factor: Complex<f64>,
    operator: Operator<X, Y>,
}

impl<X: Vector, Y: Vector> Operator<X, Y> {
    /// The multiple of a handle.
    pub(crate) fn times_real(&self, factor: f64) -> Self {
        Operator::new(RealMultiple {
            name: format!("{factor} * {}", bracketed(self.name(), &[" + ", " - "])),
            factor,
            operator: self.clone(),
        })
    }
}

impl<X: ComplexVector, Y: ComplexVector> Operator<X, Y> {
    /// The multiple of a handle.
    pub(crate) fn times_complex(&self, factor: Complex<f64>) -> Self {
        Operator::new(ComplexMultiple {
            name: format!("({factor}) * {}", bracketed(self.name(), &[" + ", " - "])),
            factor,
            operator: self.clone(),
        })
    }
}

impl<X: Vector, Y: Vector> LinearOperator for RealMultiple<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.operator.forward_into(x, y)?;
        y.scale(self.factor);
        Ok(())
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.operator.adjoint_into(y, x)?;
        x.scale(self.factor);
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
        Expression::multiple(self.factor.into(), self.operator.expression())
    }
}

impl<X: ComplexVector, Y: ComplexVector> LinearOperator for ComplexMultiple<X, Y> {
    type Domain = X;
    type Range = Y;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.operator.forward_into(x, y)?;
        y.scale_complex(self.factor);
        Ok(())
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.operator.adjoint_into(y, x)?;
        x.scale_complex(self.factor.conj());
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
        Expression::multiple(self.factor, self.operator.expression())
    }
}
