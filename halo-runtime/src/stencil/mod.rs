//! From generated rows to an application on a grid: the contract with the macro, the walk, the driver.

mod bank;
mod bank_reads;
mod coefficient;
pub mod contract;
mod dispatch;
mod driver;
mod facts;
mod filter;
mod fusion;
mod geometry;
mod kernel_args;
mod lattice;
mod memo;
mod parameter;
mod parts;
mod placing;
mod row;
mod rows;
mod sites;
mod strip;
mod sweep;
mod tile;
mod tuning;
mod workers;

pub use bank::FilterBank;
pub(crate) use coefficient::PlaceId;
pub use coefficient::{Coefficient, Tabled};
pub use contract::{CoefficientVisitor, Facts, InPlace, Locations, Origin, Pass, Stencil, Tap};
pub use dispatch::InstructionSet;
pub(crate) use driver::{Application, Driver};
pub use facts::Symmetry;
pub use filter::Filter;
pub use fusion::{Fusion, Whole};
pub(crate) use geometry::Geometry;
pub use kernel_args::{Bank, Coef, Input, Position};
pub(crate) use lattice::Centres;
pub use memo::Memo;
#[doc(hidden)]
pub use parameter::copied;
pub(crate) use placing::Placing;
pub use row::Row;
pub(crate) use rows::{Adjoint, Forward};
pub(crate) use sweep::{MAX_FIELDS, Source};
pub use tuning::Tuning;
