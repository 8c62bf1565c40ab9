//! Zarr v3 arrays in a folder, through the crate `zarrs`: a file per chunk, so that all ranks write and read at once. Feature
//! `zarr`; Rust 1.91.
//!
//! Chunks of an array are all of one size, which blocks of a grid need not be: each chunk belongs to the rank in whose block it
//! begins, and that rank alone writes it.
//!
//! ```
//! use halo::{Grid, io::zarr};
//! let path = std::env::temp_dir().join("halo-zarr-example.zarr");
//! halo::launch_on(4, |comm| {
//!     let grid = Grid::new(comm, [20, 30])?;
//!     zarr::write(&grid.field(|[i, j]| (i * j) as f64), &path)
//! })?;
//! halo::launch_on(3, |comm| {
//!     let grid = Grid::new(comm, zarr::shape(&path)?)?;
//!     let mut field = zarr::read::<f64, 2>(&grid, &path)?;
//!     field.update(|[i, j], value| assert_eq!(*value, (i * j) as f64));
//!     Ok(())
//! })?;
//! # std::fs::remove_dir_all(path).ok();
//! # Ok::<(), halo::Error>(())
//! ```
//!
//! Chunks compressed by gzip or Zstandard and shards of them are read; whatever else the crate `zarrs` decodes, Blosc say, is
//! read in a program that depends on it with that feature.

mod assembly;
mod chunks;
mod folder;
mod format;
mod read;
mod write;

pub use format::Format;
pub use read::{read, read_at, shape};
pub use write::{write, write_as};
