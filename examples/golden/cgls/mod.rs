//! The family `cgls`: runs of least squares, iteration by iteration.

mod case;
mod check;
mod course;

pub use check::check;
