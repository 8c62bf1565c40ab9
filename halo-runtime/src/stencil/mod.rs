//! From generated rows to an application on a grid: the contract with the macro, the walk, the driver.

mod bank;
mod coefficient;
pub mod contract;
mod dispatch;
mod driver;
mod facts;
mod fusion;
mod geometry;
mod kernel_args;
mod parameter;
mod parts;
mod placing;
mod row;
mod sites;
mod sweep;
mod tiling;
mod tuning;
mod walk;
mod wavefront;
mod wide_halo;
mod workers;

pub(crate) use bank::Centres;
pub use bank::{Filter, FilterBank};
pub(crate) use coefficient::PlaceId;
pub use coefficient::{Coefficient, Tabled};
pub use contract::{
    CoefficientVisitor, Facts, InPlace, Intermediates, Locations, Origin, Pass, Stencil, Tap,
};
pub use dispatch::InstructionSet;
pub(crate) use driver::{Application, Driver};
pub use facts::Symmetry;
pub use fusion::{Fusion, Whole};
pub(crate) use geometry::{CoefficientGeometry, Geometry};
pub use kernel_args::{Bank, Coef, Input, Position};
#[doc(hidden)]
pub use parameter::copied;
pub(crate) use placing::Placing;
pub(crate) use row::MAX_FIELDS;
pub use row::{Memo, Outputs, Points, Row};
pub(crate) use sweep::{Adjoint, Forward, Source};
pub use tuning::Tuning;
pub(crate) use wavefront::Repetition;
