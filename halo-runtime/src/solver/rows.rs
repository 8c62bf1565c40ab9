//! The rows of a least-squares problem: A x = b, and below them what regularises, L x = 0 and x = 0 with their weights.
//!
//! Each kind of row keeps the type of its data, so that a stacked vector is a tuple of what users know; the operators are
//! borrowed, whatever they are.

use std::cell::RefCell;

use crate::error::{Error, Result};
use crate::field::Vector;
use crate::operator::LinearOperator;

/// An operator that a solver borrows.
pub(super) type Borrowed<'a, X, Y> = &'a dyn LinearOperator<Domain = X, Range = Y>;

/// A stacked system S x = d, of which d is only ever subtracted from.
pub(super) trait Rows<X, Y> {
    /// y = S x.
    fn forward_into(&self, x: &X, y: &mut Y) -> Result;
    /// x = Sᴴ y.
    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result;
    /// y = d − y.
    fn subtract_from_data(&self, y: &mut Y) -> Result;
    /// The zero model.
    fn zero_model(&self) -> X;
    /// The zero data.
    fn zero_data(&self) -> Y;

    /// y = d − S x, without an application where x is known to be zero.
    fn residual_into(&self, x: Option<&X>, y: &mut Y) -> Result
    where
        Y: Vector,
    {
        match x {
            Some(x) => self.forward_into(x, y)?,
            None => y.scale(0.0),
        }
        self.subtract_from_data(y)
    }
}

/// A x = b.
pub(super) struct Data<'a, X, Y> {
    pub operator: Borrowed<'a, X, Y>,
    pub data: &'a Y,
}

impl<X: Vector, Y: Vector> Rows<X, Y> for Data<'_, X, Y> {
    fn forward_into(&self, x: &X, y: &mut Y) -> Result {
        self.operator.forward_into(x, y)
    }

    fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
        self.operator.adjoint_into(y, x)
    }

    fn subtract_from_data(&self, y: &mut Y) -> Result {
        y.aypx(-1.0, self.data)
    }

    fn zero_model(&self) -> X {
        self.operator.zero_domain()
    }

    fn zero_data(&self) -> Y {
        self.operator.zero_range()
    }
}

/// Below other rows, ε L x = 0.
pub(super) struct Regularised<'a, X, Y, Z> {
    rows: Box<dyn Rows<X, Y> + 'a>,
    weight: f64,
    operator: Borrowed<'a, X, Z>,
    part: RefCell<X>,
}

impl<'a, X: Vector, Y: Vector, Z: Vector> Regularised<'a, X, Y, Z> {
    pub fn below(
        rows: Box<dyn Rows<X, Y> + 'a>,
        weight: f64,
        operator: Borrowed<'a, X, Z>,
    ) -> Box<dyn Rows<X, (Y, Z)> + 'a>
    where
        X: 'a,
        Y: 'a,
        Z: 'a,
    {
        let part = RefCell::new(rows.zero_model());
        Box::new(Regularised {
            rows,
            weight,
            operator,
            part,
        })
    }
}

impl<X: Vector, Y: Vector, Z: Vector> Rows<X, (Y, Z)> for Regularised<'_, X, Y, Z> {
    fn forward_into(&self, x: &X, (y, z): &mut (Y, Z)) -> Result {
        self.rows.forward_into(x, y)?;
        self.operator.forward_into(x, z)?;
        z.scale(self.weight);
        Ok(())
    }

    fn adjoint_into(&self, (y, z): &(Y, Z), x: &mut X) -> Result {
        self.rows.adjoint_into(y, x)?;
        let mut part = self.part.try_borrow_mut().map_err(|_| in_use())?;
        self.operator.adjoint_into(z, &mut part)?;
        x.axpy(self.weight, &part)
    }

    fn subtract_from_data(&self, (y, z): &mut (Y, Z)) -> Result {
        self.rows.subtract_from_data(y)?;
        z.scale(-1.0);
        Ok(())
    }

    fn zero_model(&self) -> X {
        self.rows.zero_model()
    }

    fn zero_data(&self) -> (Y, Z) {
        (self.rows.zero_data(), self.operator.zero_range())
    }
}

/// Below other rows, damping × x = 0.
pub(super) struct Damped<'a, X, Y> {
    rows: Box<dyn Rows<X, Y> + 'a>,
    damping: f64,
}

impl<'a, X: Vector, Y: Vector> Damped<'a, X, Y> {
    pub fn below(rows: Box<dyn Rows<X, Y> + 'a>, damping: f64) -> Box<dyn Rows<X, (Y, X)> + 'a>
    where
        X: 'a,
        Y: 'a,
    {
        Box::new(Damped { rows, damping })
    }
}

impl<X: Vector, Y: Vector> Rows<X, (Y, X)> for Damped<'_, X, Y> {
    fn forward_into(&self, x: &X, (y, damped): &mut (Y, X)) -> Result {
        self.rows.forward_into(x, y)?;
        damped.copy_from(x)?;
        damped.scale(self.damping);
        Ok(())
    }

    fn adjoint_into(&self, (y, damped): &(Y, X), x: &mut X) -> Result {
        self.rows.adjoint_into(y, x)?;
        x.axpy(self.damping, damped)
    }

    fn subtract_from_data(&self, (y, damped): &mut (Y, X)) -> Result {
        self.rows.subtract_from_data(y)?;
        damped.scale(-1.0);
        Ok(())
    }

    fn zero_model(&self) -> X {
        self.rows.zero_model()
    }

    fn zero_data(&self) -> (Y, X) {
        (self.rows.zero_data(), self.rows.zero_model())
    }
}

fn in_use() -> Error {
    Error::Invalid("a regularising operator is applied within its own application".into())
}
