//! How an array is laid down in its folder: its chunks, their compression, the names of its axes.

use std::sync::Arc;

use zarrs::array::BytesToBytesCodecTraits;
use zarrs::array::codec::{GzipCodec, ZstdCodec};

use crate::error::{Error, Result};

/// Chunks, compression and names of an array that is written.
///
/// ```
/// use halo::{Comm, Grid, io::zarr};
///
/// let path = std::env::temp_dir().join("halo-zarr-format-example.zarr");
/// let field = Grid::new(&Comm::solo(), [100, 40])?.random::<f32>(1);
/// let format = zarr::Format::new().chunk([32, 32]).zstd(3).axes(["depth", "distance"]);
/// zarr::write_as(&field, &path, &format)?;
/// assert!(path.join("c/3/1").exists());
/// # std::fs::remove_dir_all(path).ok();
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format<const D: usize> {
    chunk: Option<[usize; D]>,
    compression: Compression,
    axes: Option<[String; D]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    None,
    Gzip(u32),
    Zstd(i32),
}

impl<const D: usize> Format<D> {
    /// A chunk for each rank's block, not compressed; axes without names.
    ///
    /// Chunks are all of one size, and blocks need not be: they are as large as the largest block. Where blocks differ, a chunk
    /// is written by the rank in whose block it begins, and holds points of the next ones.
    pub fn new() -> Self {
        Format {
            chunk: None,
            compression: Compression::None,
            axes: None,
        }
    }

    /// Chunks of this extent instead; what is longer than the array is as long as it.
    pub fn chunk(mut self, extent: [usize; D]) -> Self {
        self.chunk = Some(extent);
        self
    }

    /// Compresses every chunk by gzip, at a level from 0 to 9.
    pub fn gzip(mut self, level: u32) -> Self {
        self.compression = Compression::Gzip(level);
        self
    }

    /// Compresses every chunk by Zstandard, at a level from 1 to 22.
    pub fn zstd(mut self, level: i32) -> Self {
        self.compression = Compression::Zstd(level);
        self
    }

    /// Names the axes, for those who read the array: `dimension_names` in its metadata.
    pub fn axes(mut self, names: [&str; D]) -> Self {
        self.axes = Some(names.map(str::to_string));
        self
    }

    pub(super) fn names(&self) -> Option<[String; D]> {
        self.axes.clone()
    }

    /// The extent of the chunks of an array whose largest block has the extent `block`.
    ///
    /// # Errors
    /// Chunks are asked for that have no points.
    pub(super) fn chunk_of(&self, array: [usize; D], block: [usize; D]) -> Result<[usize; D]> {
        let extent = self.chunk.unwrap_or(block);
        if extent.contains(&0) {
            return Err(Error::Invalid(format!(
                "an array is to be written in chunks of {extent:?} points; give each axis one at least"
            )));
        }
        Ok(std::array::from_fn(|axis| extent[axis].min(array[axis])))
    }

    /// What is done to the bytes of a chunk.
    ///
    /// # Errors
    /// There is no such level.
    pub(super) fn codecs(&self) -> Result<Vec<Arc<dyn BytesToBytesCodecTraits>>> {
        match self.compression {
            Compression::None => Ok(Vec::new()),
            Compression::Gzip(level) => match GzipCodec::new(level) {
                Ok(codec) => Ok(vec![Arc::new(codec)]),
                Err(_) => Err(no_level("gzip", level, "0 to 9")),
            },
            Compression::Zstd(level @ 1..=22) => Ok(vec![Arc::new(ZstdCodec::new(level, false))]),
            Compression::Zstd(level) => Err(no_level("zstd", level, "1 to 22")),
        }
    }
}

impl<const D: usize> Default for Format<D> {
    fn default() -> Self {
        Format::new()
    }
}

fn no_level(method: &str, level: impl std::fmt::Display, levels: &str) -> Error {
    Error::Invalid(format!(
        "an array is to be compressed by {method} at level {level}; its levels are {levels}"
    ))
}
