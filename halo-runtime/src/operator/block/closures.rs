//! Two closures as a local operator.

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use super::local_operator::LocalOperator;
use crate::{error::Result, field::Shape};

/// A forward and an adjoint that cannot fail.
pub(super) struct Closures<F, A> {
    pub forward: F,
    pub adjoint: A,
}

impl<T, F, A, const D: usize> LocalOperator<T, D> for Closures<F, A>
where
    [usize; D]: IntoDimension,
    F: Fn(ArrayView<'_, T, Shape<D>>, ArrayViewMut<'_, T, Shape<D>>),
    A: Fn(ArrayView<'_, T, Shape<D>>, ArrayViewMut<'_, T, Shape<D>>),
{
    fn forward(&self, x: ArrayView<'_, T, Shape<D>>, y: ArrayViewMut<'_, T, Shape<D>>) -> Result {
        (self.forward)(x, y);
        Ok(())
    }

    fn adjoint(&self, y: ArrayView<'_, T, Shape<D>>, x: ArrayViewMut<'_, T, Shape<D>>) -> Result {
        (self.adjoint)(y, x);
        Ok(())
    }

    fn can_fail(&self) -> bool {
        false
    }
}
