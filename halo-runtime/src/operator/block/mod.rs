//! Local operators on haloed blocks: what a rank computes alone, between a copy of ghosts and their removal.

#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod block;
mod closures;
mod crop;
mod ghosting;
mod halo;
mod local_operator;
mod on_grid;
mod widths;

pub use block::Block;
pub use crop::Crop;
pub use halo::Halo;
pub use local_operator::LocalOperator;
pub use widths::HaloWidths;
