//! NumPy's `.npy`: one array, plainly stored, so that a rank can find its block without reading the rest.
//!
//! ```
//! use halo::{Grid, io::npy};
//! let path = std::env::temp_dir().join("halo-npy-example.npy");
//! halo::launch_on(4, |comm| {
//!     let grid = Grid::new(comm, [20, 30])?;
//!     let field = grid.field(|[i, j]| (i * j) as f64);
//!     npy::write(&field, &path)?;
//!
//!     let grid = Grid::new(comm, npy::shape(&path)?)?;
//!     let again = npy::read::<f64, 2>(&grid, &path)?;
//!     assert_eq!(again.view(), field.view());
//!     Ok(())
//! })?;
//! # std::fs::remove_file(path).ok();
//! # Ok::<(), halo::Error>(())
//! ```

mod read;
mod source;
mod write;

pub use read::{read, read_at, shape};
pub use write::write;

pub(super) use read::read_block;
pub(super) use source::Source;
pub(super) use write::{header, write_rows};
