//! Stencils that may be placed along other axes than their attribute names: those all of whose fields lie at cells.
//!
//! A face names an axis of the array, so a stencil with staggered fields stays where it is. A bound says so, that misuse
//! does not compile.

use crate::{field::Field, grid::Cell, scalar::Element, stencil::Stencil};

/// A stencil whose inputs and outputs all lie at cells; nobody need implement it.
pub trait Collocated: Stencil {}

impl<K: Stencil> Collocated for K
where
    K::Domain<K::Scalar, 1>: AtCells,
    K::Range<K::Scalar, 1>: AtCells,
{
}

/// A field at cells, or a tuple of such.
#[diagnostic::on_unimplemented(
    message = "`.along` is for stencils whose fields all lie at cells, and one of this lies at a face",
    note = "`Face<A>` names an axis of the array: leave `.along` out, or write a kernel for the other axes"
)]
pub trait AtCells {}

impl<T: Element, const D: usize> AtCells for Field<T, D, Cell> {}

macro_rules! tuple_at_cells {
    ($($field:ident),+) => {
        impl<$($field: AtCells),+> AtCells for ($($field,)+) {}
    };
}

tuple_at_cells!(A, B);
tuple_at_cells!(A, B, C);
tuple_at_cells!(A, B, C, D);
tuple_at_cells!(A, B, C, D, E);
tuple_at_cells!(A, B, C, D, E, F);
tuple_at_cells!(A, B, C, D, E, F, G);
tuple_at_cells!(A, B, C, D, E, F, G, H);
