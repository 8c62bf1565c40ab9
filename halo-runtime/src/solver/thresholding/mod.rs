//! Gradient steps with thresholding: the method, its momentum, and what it keeps.

mod method;
mod momentum;
mod state;

pub use method::{Fista, Ista, Thresholding};
pub use momentum::{Accelerated, Momentum, Plain};
pub use state::ThresholdingState;
