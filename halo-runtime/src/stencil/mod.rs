//! From generated rows to an application on a grid: the contract with the macro, the walk, the driver.

mod bank;
mod bank_reads;
mod coefficient;
pub mod contract;
mod dispatch;
mod driver;
mod facts;
mod fetching;
mod filter;
mod fusion;
mod geometry;
mod intermediates;
mod kernel_args;
mod lattice;
mod memo;
mod order;
mod output;
mod parameter;
mod parts;
mod placing;
mod reuse;
mod row;
mod rows;
mod sites;
mod strip;
mod sweep;
mod tile;
mod tiling;
mod traffic;
mod tuning;
mod walk;
mod wavefront;
mod wide_halo;
mod workers;

pub use bank::FilterBank;
pub(crate) use coefficient::PlaceId;
pub use coefficient::{Coefficient, Tabled};
pub use contract::{
    CoefficientVisitor, Facts, InPlace, Intermediates, Locations, Origin, Pass, Stencil, Tap,
};
pub use dispatch::InstructionSet;
pub(crate) use driver::{Application, Driver};
pub use facts::Symmetry;
pub use filter::Filter;
pub use fusion::{Fusion, Whole};
pub(crate) use geometry::{CoefficientGeometry, Geometry};
pub use kernel_args::{Bank, Coef, Input, Position};
pub(crate) use lattice::Centres;
pub use memo::Memo;
pub use output::Outputs;
#[doc(hidden)]
pub use parameter::copied;
pub(crate) use placing::Placing;
pub use row::{Points, Row};
pub(crate) use rows::{Adjoint, Forward};
pub(crate) use sweep::{MAX_FIELDS, Source};
pub use tuning::Tuning;
pub(crate) use wavefront::Repetition;
