//! Kernels whose fields lie at different locations, on random grids: staggered meshes of two and three dimensions.

mod properties;
mod relations;
mod situation;
mod zoo;
