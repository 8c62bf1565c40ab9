//! Ready-made operators, written with `#[stencil]` as a user would write them: PyLops's names, defaults and semantics.

mod differences;
mod direction;
mod first_derivative;
mod first_directional_derivative;
mod gradient;
mod kind;
mod laplacian;
mod per_axis;
mod place;
mod second_derivative;
mod second_directional_derivative;

pub use direction::Direction;
pub use first_derivative::FirstDerivative;
pub use first_directional_derivative::FirstDirectionalDerivative;
pub use gradient::{Gradient, GradientGrid, GradientOperator};
pub use kind::Kind;
pub use laplacian::Laplacian;
pub use per_axis::PerAxis;
pub use second_derivative::SecondDerivative;
pub use second_directional_derivative::SecondDirectionalDerivative;
