//! Fields from files and to files; each rank touches its own block alone.

pub mod npy;
pub mod npz;
pub mod png;
#[cfg(test)]
mod samples;
mod target;
#[cfg(feature = "zarr")]
pub mod zarr;
