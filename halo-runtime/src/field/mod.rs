//! Distributed arrays: the layout and memory of one block, fields over all blocks, vectors for solvers.

pub mod accumulator;
mod arithmetic;
mod exact_sum;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod field;
mod gather;
mod layout;
pub(crate) mod noise;
pub mod reduce;
mod set;
mod space;
mod storage;
mod values;

pub use accumulator::{Accumulate, Reduce};
pub use arithmetic::Reduced;
pub use exact_sum::ExactSum;
pub use field::{Field, Shape};
pub use layout::{Layout, Row, Rows};
pub use set::FieldSet;
pub use space::Vector;
pub use values::Values;
