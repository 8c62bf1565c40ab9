//! That two spaces are of one type, said so that the compiler's message names both.
//!
//! A bound `Range = Domain` on an operator sign would do as well, with a message about associated types.

use crate::{field::Vector, operator::Operator};

/// `Self` and `V` are one type; nobody need implement it.
#[diagnostic::on_unimplemented(
    message = "these operators do not fit: one is between vectors `{Self}` where the other needs `{V}`",
    label = "of `{Self}`, where `{V}` is needed",
    note = "scalar, number of axes and location must agree; a stencil can average to another location"
)]
pub trait SameSpace<V: Vector>: Vector {
    /// The operator, its range by the other name.
    #[doc(hidden)]
    fn to_range<X: Vector>(operator: Operator<X, Self>) -> Operator<X, V>;

    /// The operator, its domain by the other name.
    #[doc(hidden)]
    fn to_domain<Y: Vector>(operator: Operator<Self, Y>) -> Operator<V, Y>;
}

impl<V: Vector> SameSpace<V> for V {
    fn to_range<X: Vector>(operator: Operator<X, V>) -> Operator<X, V> {
        operator
    }

    fn to_domain<Y: Vector>(operator: Operator<V, Y>) -> Operator<V, Y> {
        operator
    }
}
