//! Total variation by split Bregman: the method, and what it keeps.

mod method;
mod state;

pub use method::TotalVariation;
pub use state::TotalVariationState;
