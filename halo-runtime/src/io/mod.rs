//! Fields from files and to files; each rank touches its own block alone.

pub mod npy;
mod target;
