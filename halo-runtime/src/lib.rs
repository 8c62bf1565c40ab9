//! Stencil operators written as the formula of one point: distributed, and exactly differentiable.

#![deny(unsafe_code, missing_docs)]

pub mod comm;
pub mod error;
pub mod exchange;
pub mod field;
pub mod grid;
pub mod io;
pub mod prime;
pub mod scalar;

pub use comm::{Comm, launch, launch_all, launch_on};
pub use error::{Error, Result};
pub use exchange::{Exchange, Footprint, Plan};
pub use field::{ExactSum, Field, FieldSet, Layout, Vector};
pub use grid::{Boundary, Decomposition, Grid, ProcessGrid, Region, Side};
