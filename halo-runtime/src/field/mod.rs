//! Distributed arrays: the layout and memory of one block, fields over all blocks, vectors for solvers.

pub mod accumulator;
mod arithmetic;
mod block_layout;
mod blocks;
mod cells;
mod complex_vector;
mod exact_sum;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod field;
mod gather;
mod layout;
pub(crate) mod noise;
mod product;
pub mod reduce;
mod replicated;
mod set;
mod several;
mod space;
mod storage;
mod total;
mod values;
mod vector_space;

pub use accumulator::{Accumulate, Reduce};
pub use arithmetic::Reduced;
pub use block_layout::BlockLayout;
pub use blocks::Blocks;
pub use complex_vector::ComplexVector;
pub use exact_sum::ExactSum;
pub use field::{Field, Shape};
pub use layout::{Layout, Row, Rows};
pub use product::{Parts, Product};
pub use replicated::Replicated;
pub use set::FieldSet;
pub use several::Several;
pub use space::Vector;
pub use total::Total;
pub(crate) use total::Totals;
pub use values::Values;
