//! The row bodies of one direction of a stencil, as the walk calls them.
//!
//! The walk over a block is the same for every stencil and is compiled once per scalar and rank; only what stands
//! behind this trait is compiled per kernel.

use crate::{
    exchange::PackFn,
    scalar::Lift,
    stencil::{
        contract::Stencil,
        dispatch::{Dispatch, Work},
        row::Row,
    },
};

/// The formula of a row of points, and how its messages are packed.
pub(crate) trait Rows<S>: Sync {
    /// A row of interior points.
    fn interior(&self, dispatch: Dispatch, row: &Row<'_, S>, out: &mut [&mut [S]]);

    /// A row of any points.
    fn edge(&self, row: &Row<'_, S>, out: &mut [&mut [S]]);

    /// Packs a message of fields that the rows read.
    fn packer(&self) -> PackFn<S>;
}

/// y = A x.
pub(crate) struct Forward<'a, K>(pub &'a K);

/// x = Aᵀ y.
pub(crate) struct Adjoint<'a, K>(pub &'a K);

impl<K: Stencil, S: Lift<K::Scalar>> Rows<S> for Forward<'_, K> {
    fn interior(&self, dispatch: Dispatch, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        dispatch.run(ForwardRow(self.0, row, out));
    }

    fn edge(&self, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        self.0.forward_edge(row, out);
    }

    fn packer(&self) -> PackFn<S> {
        K::pack
    }
}

impl<K: Stencil, S: Lift<K::Scalar>> Rows<S> for Adjoint<'_, K> {
    fn interior(&self, dispatch: Dispatch, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        dispatch.run(AdjointRow(self.0, row, out));
    }

    fn edge(&self, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        self.0.adjoint_edge(row, out);
    }

    fn packer(&self) -> PackFn<S> {
        K::pack
    }
}

struct ForwardRow<'a, 'b, K, S>(&'a K, &'a Row<'a, S>, &'a mut [&'b mut [S]]);

impl<K: Stencil, S: Lift<K::Scalar>> Work for ForwardRow<'_, '_, K, S> {
    const VECTORISES: bool = S::VECTORISES;

    #[inline(always)]
    fn run(self) {
        self.0.forward_interior(self.1, self.2);
    }
}

struct AdjointRow<'a, 'b, K, S>(&'a K, &'a Row<'a, S>, &'a mut [&'b mut [S]]);

impl<K: Stencil, S: Lift<K::Scalar>> Work for AdjointRow<'_, '_, K, S> {
    const VECTORISES: bool = S::VECTORISES;

    #[inline(always)]
    fn run(self) {
        self.0.adjoint_interior(self.1, self.2);
    }
}
