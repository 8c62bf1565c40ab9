//! Linear operators: what they can do, and stencils as such.

mod coefficients;
mod collocated;
mod directions;
mod exact_test;
mod fused;
mod handle;
mod in_place;
mod linear_operator;
mod placement;
mod self_adjoint;
mod shared;
mod stencil_operator;
mod symmetry;

pub use collocated::{AtCells, Collocated};
pub use fused::{FusedOperator, FusedPlacement, FusedStencil, FusionExt};
pub use handle::Operator;
pub use linear_operator::LinearOperator;
pub use placement::{Placement, StencilExt};
pub use self_adjoint::SelfAdjoint;
pub use stencil_operator::StencilOperator;
