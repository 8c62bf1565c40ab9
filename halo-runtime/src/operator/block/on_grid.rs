//! An operator on a grid as a local operator: a haloed block is a small grid of its own.

use std::cell::RefCell;

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use super::local_operator::LocalOperator;
use crate::{
    error::{Error, Result},
    field::{Field, Shape},
    operator::LinearOperator,
    scalar::Scalar,
};

/// An operator between fields of one rank's own grid, applied to arrays; made by [`Block::on_grid`](super::Block::on_grid).
pub(super) struct OnGrid<A: LinearOperator> {
    operator: A,
    /// Its argument and its result.
    fields: RefCell<(A::Domain, A::Range)>,
}

impl<A: LinearOperator> OnGrid<A> {
    pub(super) fn new(operator: A) -> Self {
        OnGrid {
            fields: RefCell::new((operator.zero_domain(), operator.zero_range())),
            operator,
        }
    }
}

impl<A, T: Scalar, const D: usize> LocalOperator<T, D> for OnGrid<A>
where
    [usize; D]: IntoDimension,
    A: LinearOperator<Domain = Field<T, D>, Range = Field<T, D>>,
{
    fn name(&self) -> &str {
        self.operator.name()
    }

    fn forward(
        &self,
        x: ArrayView<'_, T, Shape<D>>,
        mut y: ArrayViewMut<'_, T, Shape<D>>,
    ) -> Result {
        let (of_x, of_y) = &mut *self
            .fields
            .try_borrow_mut()
            .map_err(|_| in_use(&self.operator))?;
        of_x.view_mut().assign(&x);
        self.operator.forward_into(of_x, of_y)?;
        y.assign(&of_y.view());
        Ok(())
    }

    fn adjoint(
        &self,
        y: ArrayView<'_, T, Shape<D>>,
        mut x: ArrayViewMut<'_, T, Shape<D>>,
    ) -> Result {
        let (of_x, of_y) = &mut *self
            .fields
            .try_borrow_mut()
            .map_err(|_| in_use(&self.operator))?;
        of_y.view_mut().assign(&y);
        self.operator.adjoint_into(of_y, of_x)?;
        x.assign(&of_x.view());
        Ok(())
    }

    /// What it is applied to lies on its own grid.
    fn can_fail(&self) -> bool {
        false
    }

    fn exact_adjoint_test(&self) -> Result {
        self.operator.exact_adjoint_test()
    }
}

fn in_use(operator: &impl LinearOperator) -> Error {
    Error::Invalid(format!(
        "`{}` is applied to a block within its own application",
        operator.name()
    ))
}
