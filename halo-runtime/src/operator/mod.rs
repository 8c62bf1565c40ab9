//! Linear operators: what they can do, stencils as such, and what is made of them: an algebra, stacks, local operators on
//! haloed blocks, samples and broadcasts.

mod algebra;
mod block;
mod coefficients;
mod collocated;
mod diagonal;
mod directions;
mod exact_test;
mod exact_vector;
mod fused;
mod handle;
mod identity;
mod in_place;
mod linear_operator;
mod mask;
mod placement;
mod repeat;
mod replicated;
mod scratch;
mod self_adjoint;
mod shared;
mod stack;
mod stencil_operator;
mod symmetry;
mod walls;
mod zero;

pub use algebra::{AlgebraExt, Expression, IntoOperator, Part, SameSpace, Test};
pub(crate) use algebra::{Place, Sign, Stack, algebra, expect_fit};
pub use block::{Block, Crop, Halo, HaloWidths, LocalOperator};
pub use collocated::{AtCells, Collocated};
pub use diagonal::Diagonal;
pub use fused::{FusedOperator, FusedPlacement, FusedStencil, FusionExt};
pub use handle::Operator;
pub use identity::Identity;
pub use linear_operator::LinearOperator;
pub use mask::Mask;
pub use placement::{Placement, StencilExt};
pub use replicated::{Broadcast, Sampling};
pub use self_adjoint::SelfAdjoint;
pub use stack::{BlockDiagonalExt, HorizontalExt, VerticalExt};
pub use stencil_operator::StencilOperator;
pub use zero::Zero;
