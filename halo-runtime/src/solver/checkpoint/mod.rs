//! Runs that are saved and resumed.

mod folder;
mod ledger;
mod saved;
mod text;

pub use ledger::{Checkpoint, Ledger};
pub(super) use saved::Saved;
