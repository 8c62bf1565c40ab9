//! How rows run on this processor: the instruction set, and the ways of cells between memory and cache.
//!
//! The one part of the stencils that needs `unsafe`: functions compiled for an instruction set are called only where it was
//! detected, and cells are written past the caches only where a slice says that they may be written.

#![allow(unsafe_code)]

mod block;
mod instruction_set;
mod line;
#[cfg(target_arch = "x86_64")]
mod vector;
mod work;

pub(crate) use block::{Block, part};
pub use instruction_set::InstructionSet;
pub use line::Stores;
pub(crate) use line::{LINE, fetch};
pub(crate) use work::{Dispatch, Work};
