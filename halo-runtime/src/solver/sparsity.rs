//! Where a vector is sparse: as it is, or as an orthonormal operator shows it.

use std::cell::RefCell;

use super::rows::Borrowed;
use super::{Shrink, Threshold};
use crate::error::{Error, Result};
use crate::field::{ExactSum, Vector};

/// The space in which a vector is shrunk.
pub(super) trait Sparsity<X> {
    /// Shrinks x there.
    fn shrink(&self, x: &mut X, threshold: Threshold, weight: f64) -> Result;
    /// Adds the penalty of x there to an exact sum.
    fn add_penalty(&self, x: &X, threshold: Threshold, total: &mut ExactSum) -> Result;
    /// Collective: whether shrinking there is what the method needs.
    fn check(&self) -> Result;
}

/// As it is.
pub(super) struct Direct;

impl<X: Shrink> Sparsity<X> for Direct {
    fn shrink(&self, x: &mut X, threshold: Threshold, weight: f64) -> Result {
        x.shrink(threshold, weight);
        Ok(())
    }

    fn add_penalty(&self, x: &X, threshold: Threshold, total: &mut ExactSum) -> Result {
        x.add_penalty(threshold, total);
        Ok(())
    }

    fn check(&self) -> Result {
        Ok(())
    }
}

/// Through an operator with Wᴴ W = W Wᴴ = 1, so that lengths, and with them proximal maps, are kept.
pub(super) struct Through<'a, X, Z> {
    operator: Borrowed<'a, X, Z>,
    image: RefCell<Z>,
}

impl<'a, X: Vector, Z: Vector> Through<'a, X, Z> {
    pub fn new(operator: Borrowed<'a, X, Z>) -> Self {
        Through {
            operator,
            image: RefCell::new(operator.zero_range()),
        }
    }

    fn image_of<R>(&self, x: &X, then: impl FnOnce(&mut Z) -> Result<R>) -> Result<R> {
        let mut image = self.image.try_borrow_mut().map_err(|_| {
            Error::Invalid("a sparsifying operator is applied within its own application".into())
        })?;
        self.operator.forward_into(x, &mut image)?;
        then(&mut image)
    }
}

impl<X: Vector, Z: Shrink> Sparsity<X> for Through<'_, X, Z> {
    fn shrink(&self, x: &mut X, threshold: Threshold, weight: f64) -> Result {
        self.image_of(x, |image| {
            image.shrink(threshold, weight);
            Ok(())
        })?;
        self.operator.adjoint_into(&self.image.borrow(), x)
    }

    fn add_penalty(&self, x: &X, threshold: Threshold, total: &mut ExactSum) -> Result {
        self.image_of(x, |image| {
            image.add_penalty(threshold, total);
            Ok(())
        })
    }

    fn check(&self) -> Result {
        let (mut x, mut z) = (self.operator.zero_domain(), self.operator.zero_range());
        x.randomize(1);
        z.randomize(2);
        let mut back = self.operator.adjoint(&self.operator.forward(&x)?)?;
        let mut forth = self.operator.forward(&self.operator.adjoint(&z)?)?;
        back.axpy(-1.0, &x)?;
        forth.axpy(-1.0, &z)?;
        let error = (back.norm()? / x.norm()?).max(forth.norm()? / z.norm()?);
        // Single precision loses no more than this; a comparison with NaN must fail.
        if error <= 1e-4 {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "`{}` is not orthonormal: WᴴW or WWᴴ changes a random vector by {error:.1e} of its length; thresholding in its \
             image is no proximal map, take an orthonormal transform",
            self.operator.name()
        )))
    }
}
