//! The family `halo`: what a halo gives on each case's own blocks, and who holds what according to a table.

mod blocks;
mod case;
mod check;
mod row;
mod table;
mod widths;

pub use check::check;
