//! Ready-made operators, written with `#[stencil]` as a user would write them: PyLops's names, defaults and semantics.

mod convolution_kernels;
mod differences;
mod direction;
mod filter_centres;
mod first_derivative;
mod first_directional_derivative;
mod gradient;
mod kind;
mod laplacian;
mod non_stationary_convolution;
mod per_axis;
mod place;
mod placed_filters;
mod second_derivative;
mod second_directional_derivative;

pub use direction::Direction;
pub use first_derivative::FirstDerivative;
pub use first_directional_derivative::FirstDirectionalDerivative;
pub use gradient::{Gradient, GradientGrid, GradientOperator};
pub use kind::Kind;
pub use laplacian::Laplacian;
pub use non_stationary_convolution::NonStationaryConvolution;
pub use per_axis::PerAxis;
pub use second_derivative::SecondDerivative;
pub use second_directional_derivative::SecondDirectionalDerivative;
