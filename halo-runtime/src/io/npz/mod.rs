//! NumPy's `.npz`: several arrays in one ZIP archive, each laid down as in a `.npy` file.
//!
//! Members are stored, not compressed, so that every rank writes and reads its block where it belongs. Archives of
//! `numpy.savez_compressed` are read too.
//!
//! ```
//! use halo::{Grid, io::npz};
//! let path = std::env::temp_dir().join("halo-npz-example.npz");
//! halo::launch_on(4, |comm| {
//!     let grid = Grid::new(comm, [20, 30])?;
//!     let (u, v) = (grid.random::<f64>(1), grid.random::<f32>(2));
//!     npz::write(&path, &[("u", &u), ("v", &v)])?;
//!
//!     assert_eq!(npz::names(&path)?, ["u", "v"]);
//!     let again = npz::read::<f32, 2>(&grid, &path, "v")?;
//!     assert_eq!(again.view(), v.view());
//!     Ok(())
//! })?;
//! # std::fs::remove_file(path).ok();
//! # Ok::<(), halo::Error>(())
//! ```

mod archive;
mod checksum;
mod directory;
mod read;
mod record;
mod write;

pub use read::{names, read, read_at, shape};
pub use write::{Member, write};
