//! PNG pictures: fields of two axes as images, and greyscale images as fields.
//!
//! Axis 0 goes down, axis 1 to the right.
//!
//! ```
//! use halo::{Grid, io::png};
//! let path = std::env::temp_dir().join("halo-png-example.png");
//! halo::launch_on(4, |comm| {
//!     let grid = Grid::new(comm, [20, 30])?;
//!     let field = grid.field(|[i, j]| (i * j) as f64);
//!     png::write(&field, &path, [0.0, field.max_abs()?])?;
//!
//!     let grid = Grid::new(comm, png::shape(&path)?)?;
//!     let shades = png::read::<f64>(&grid, &path)?; // from 0, black, to 1, white
//!     assert_eq!(shades.max_abs()?, 1.0);
//!     Ok(())
//! })?;
//! # std::fs::remove_file(path).ok();
//! # Ok::<(), halo::Error>(())
//! ```

mod read;
mod write;

pub use read::{read, shape};
pub use write::{write, write_coloured};
