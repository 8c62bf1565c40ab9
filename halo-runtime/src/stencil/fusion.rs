//! What `fuse!` generates beside a struct of two stencils: the one stencil that they are far from all ends.

use crate::stencil::Stencil;

/// Two stencils, one applied to what the other gives. Implemented by `fuse!` only; users call
/// [`FusionExt`](crate::operator::FusionExt)'s verbs and the operator's.
pub trait Fusion: Sized + 'static {
    /// What is applied last.
    type Outer: Stencil;
    /// What is applied first.
    type Inner: Stencil;
    /// Both in one row.
    type Whole: Whole<Outer = Self::Outer, Inner = Self::Inner>;

    /// The two, to be applied one after the other.
    fn split(self) -> (Self::Outer, Self::Inner);

    /// The one.
    fn whole(self) -> Self::Whole;
}

/// The stencil that two were made.
pub trait Whole: Stencil {
    /// What is applied last.
    type Outer: Stencil;
    /// What is applied first.
    type Inner: Stencil;

    /// The parameters and coefficients of the two.
    fn parts(&mut self) -> (&mut Self::Outer, &mut Self::Inner);
}
