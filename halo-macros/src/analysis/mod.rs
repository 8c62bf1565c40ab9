pub mod analyse;
mod derivative;
pub mod extent;
pub mod footprint;
pub mod halo;
pub mod linearity;
mod position;
pub mod region;
pub mod types;
