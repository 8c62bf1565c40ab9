//! What can stand in an expression of operators: every operator of this crate, by value and by reference.

use crate::{field::Vector, operator::Operator};

/// Operators that become the one owned handle, which the signs `*`, `+` and `-` are defined on.
///
/// An operator of your own enters an expression by [`Operator::new`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no operator that can stand in an expression",
    note = "wrap an operator of your own with `Operator::new(operator)`"
)]
pub trait IntoOperator {
    /// What the operator is applied to.
    type Domain: Vector;
    /// What it gives.
    type Range: Vector;

    /// The handle.
    fn into_operator(self) -> Operator<Self::Domain, Self::Range>;
}
