//! How rows run on this processor: the instruction set with its vectors, and the ways of cells between memory and cache.
//!
//! The one part of the stencils that needs `unsafe`: what is compiled for an instruction set runs only where it was detected,
//! and cells are read and written only where a slice says that they are there and may be written.

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
