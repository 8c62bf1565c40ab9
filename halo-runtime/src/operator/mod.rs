//! Linear operators: what they can do, and stencils as such.

mod coefficients;
mod handle;
mod linear_operator;
mod placement;
mod stencil_operator;

pub use handle::Operator;
pub use linear_operator::LinearOperator;
pub use placement::{Placement, StencilExt};
pub use stencil_operator::StencilOperator;
