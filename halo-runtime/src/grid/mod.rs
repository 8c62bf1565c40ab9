//! Who owns which cells: regions, process grids, decompositions, locations, boundaries, and the grid that ties them together.

mod boundary;
mod builder;
mod decomposition;
#[expect(
    clippy::module_inception,
    reason = "the module is named for its main noun"
)]
mod grid;
mod location;
mod process_grid;
mod region;
mod wall;

pub use boundary::{Boundary, GhostWeights, Side};
pub use builder::GridBuilder;
pub use decomposition::Decomposition;
pub use grid::Grid;
pub use location::{Cell, Face, Location, On, Staggering};
pub use process_grid::ProcessGrid;
pub use region::Region;
pub use wall::Wall;
