mod evaluation;
mod number;
mod residue;

pub use evaluation::{Weights, weights};
pub use number::Number;
pub use residue::Residue;
