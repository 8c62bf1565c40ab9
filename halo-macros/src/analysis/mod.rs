pub mod analyse;
pub mod footprint;
pub mod halo;
pub mod linearity;
mod position;
pub mod region;
