//! Linear operators: what they can do, and stencils as such.

mod algebra;
mod coefficients;
mod collocated;
mod fused;
mod handle;
mod identity;
mod in_place;
mod linear_operator;
mod placement;
mod scratch;
mod self_adjoint;
mod stencil_operator;
mod symmetry;

pub use algebra::{AlgebraExt, Expression, IntoOperator, Part, SameSpace, Test};
pub(crate) use algebra::{Sign, algebra};
pub use collocated::{AtCells, Collocated};
pub use fused::{FusedOperator, FusedPlacement, FusedStencil, FusionExt};
pub use handle::Operator;
pub use identity::Identity;
pub use linear_operator::LinearOperator;
pub use placement::{Placement, StencilExt};
pub use self_adjoint::SelfAdjoint;
pub use stencil_operator::StencilOperator;
