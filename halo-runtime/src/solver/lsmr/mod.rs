//! LSMR: its method, its rotations, and what it keeps.

mod method;
mod rotations;
mod state;

pub use method::Lsmr;
pub use state::LsmrState;
