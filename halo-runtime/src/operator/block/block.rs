//! A local operator on every rank's block: block diagonal over the ranks, without a message.

use std::rc::Rc;

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use super::{closures::Closures, local_operator::LocalOperator, on_grid::OnGrid};
use crate::{
    error::Result,
    field::{BlockLayout, Blocks, Field, Shape},
    grid::Grid,
    operator::{Expression, LinearOperator, algebra},
    scalar::Scalar,
};

/// What each rank computes on its own block: two closures, a [`LocalOperator`], or an operator on the block as a grid of
/// its own.
///
/// Between a [`Halo`](super::Halo) and a [`Crop`](super::Crop) it is a distributed operator with the true adjoint, if the
/// local adjoint is true; see [`Halo`](super::Halo) for an example.
pub struct Block<T: Scalar, const D: usize>
where
    [usize; D]: IntoDimension,
{
    domain: BlockLayout<D>,
    range: BlockLayout<D>,
    local: Rc<dyn LocalOperator<T, D>>,
}

impl<T: Scalar, const D: usize> Block<T, D>
where
    [usize; D]: IntoDimension,
{
    /// Two closures on arrays: `forward(x, y)` writes y = A x, `adjoint(y, x)` writes x = Aᴴ y. What is written to is zero
    /// at first; the arrays are contiguous and hold the ghosts.
    pub fn new(
        domain: &BlockLayout<D>,
        range: &BlockLayout<D>,
        forward: impl Fn(ArrayView<'_, T, Shape<D>>, ArrayViewMut<'_, T, Shape<D>>) + 'static,
        adjoint: impl Fn(ArrayView<'_, T, Shape<D>>, ArrayViewMut<'_, T, Shape<D>>) + 'static,
    ) -> Self {
        Block::of(domain, range, Closures { forward, adjoint })
    }

    /// A serial operator; see [`LocalOperator`].
    pub fn of(
        domain: &BlockLayout<D>,
        range: &BlockLayout<D>,
        local: impl LocalOperator<T, D> + 'static,
    ) -> Self {
        Block {
            domain: domain.clone(),
            range: range.clone(),
            local: Rc::new(local),
        }
    }

    /// An operator on each rank's block, ghosts included, as a grid of one rank. Collective.
    ///
    /// `place` puts the operator on that grid. Its boundaries lie at the ends of the haloed block, and positions count from
    /// there; away from the ends, a stencil gives what it gives on the whole grid.
    ///
    /// ```
    /// use halo::operator::{Block, Crop, Halo};
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn second(u: Input<f64, 1>) -> f64 {
    ///     u[-1] - 2.0 * u[0] + u[1]
    /// }
    ///
    /// halo::launch_on(3, |comm| {
    ///     let grid = Grid::new(comm, [12])?;
    ///     let halo = Halo::new(&grid, 1)?;
    ///     let local = Block::on_grid(&halo.blocks(), |block| Second.on(block))?;
    ///     let chain = Crop::of(&halo) * local * &halo;
    ///     chain.exact_adjoint_test()?;
    ///     let x = grid.random(1);
    ///     assert_eq!(chain.forward(&x)?.view(), Second.on(&grid)?.forward(&x)?.view());
    ///     Ok(())
    /// })?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `place`, the same on every rank.
    pub fn on_grid<A>(
        blocks: &BlockLayout<D>,
        place: impl FnOnce(&Grid<D>) -> Result<A>,
    ) -> Result<Self>
    where
        A: LinearOperator<Domain = Field<T, D>, Range = Field<T, D>> + 'static,
    {
        let comm = blocks.grid().comm();
        let local = Grid::new(&comm.alone(), blocks.shape()).and_then(|grid| place(&grid));
        let local = comm.agree(local)?;
        Ok(Block::of(blocks, blocks, OnGrid::new(local)))
    }

    /// Makes one rank's failure the failure of all.
    fn agreed(&self, local: Result) -> Result {
        if !self.local.can_fail() {
            return local;
        }
        let comm = self.domain.grid().comm();
        let mut failures = [i64::from(local.is_err())];
        comm.all_reduce_sum(&mut failures)?;
        match failures {
            [0] => local,
            _ => comm.agree(local),
        }
    }
}

impl<T: Scalar, const D: usize> LinearOperator for Block<T, D>
where
    [usize; D]: IntoDimension,
{
    type Domain = Blocks<T, D>;
    type Range = Blocks<T, D>;

    fn name(&self) -> &str {
        self.local.name()
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.domain
            .expect_same(x.layout(), "the argument of a block operator")?;
        self.range
            .expect_same(y.layout(), "the result of a block operator")?;
        y.cells_mut().fill(T::ZERO);
        self.agreed(self.local.forward(x.view(), y.view_mut()))
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.range
            .expect_same(y.layout(), "the argument of a block operator's adjoint")?;
        self.domain
            .expect_same(x.layout(), "the result of a block operator's adjoint")?;
        x.cells_mut().fill(T::ZERO);
        self.agreed(self.local.adjoint(y.view(), x.view_mut()))
    }

    fn zero_domain(&self) -> Self::Domain {
        self.domain.zeros()
    }

    fn zero_range(&self) -> Self::Range {
        self.range.zeros()
    }

    fn exact_adjoint_test(&self) -> Result {
        let comm = self.domain.grid().comm();
        comm.agree(self.local.exact_adjoint_test())
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.local)
    }
}

impl<T: Scalar, const D: usize> Clone for Block<T, D>
where
    [usize; D]: IntoDimension,
{
    fn clone(&self) -> Self {
        Block {
            domain: self.domain.clone(),
            range: self.range.clone(),
            local: Rc::clone(&self.local),
        }
    }
}

algebra!([T: Scalar, const D: usize] Block<T, D>, where [[usize; D]: IntoDimension,]);
