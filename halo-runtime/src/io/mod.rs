//! Fields from files and to files; each rank touches its own block alone.

pub mod npy;
pub mod npz;
pub mod png;
mod target;
