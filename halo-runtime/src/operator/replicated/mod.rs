//! Between fields and arrays that every rank holds: samples at points, and values spread along axes.

mod bits;
mod broadcast;
mod sampling;

pub use broadcast::Broadcast;
pub use sampling::Sampling;
