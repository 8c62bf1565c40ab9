//! Operators beside each other in product spaces: below one another, side by side, and along a diagonal.

mod block_diagonal;
mod horizontal;
mod renamed;
mod vertical;

pub use block_diagonal::BlockDiagonalExt;
pub use horizontal::HorizontalExt;
pub use vertical::VerticalExt;
