mod evaluation;
mod number;
mod residue;
pub mod symmetry;

use evaluation::{Weights, weights};
use number::Number;
use residue::Residue;
