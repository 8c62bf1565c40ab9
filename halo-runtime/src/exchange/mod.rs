//! The halo exchange: which ghosts a footprint reads, who sends them, how they travel, and what lies beyond the grid.

mod flight;
mod footprint;
mod ghost;
mod ghost_return;
mod piece;
mod plan;
mod reach;
mod slab;

pub use flight::{Exchange, InFlight};
pub use footprint::{Direction, Footprint};
pub use ghost::PhysicalGhosts;
pub(crate) use ghost_return::GhostReturn;
pub use plan::{Message, Plan, SelfCopy};
pub use reach::Reach;
pub use slab::{PackFn, Slab};
