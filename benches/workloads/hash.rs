//! The inputs: a hash of a point's number in the whole array, so that every program in every language has the same.

use halo::{Field, Grid};

/// Seeds of the field that an operator is applied to, of the one that the result is multiplied with, and of coefficients.
pub const X: u32 = 1;
pub const U: u32 = 777;
pub const K: u32 = 4242;

/// A number in [-1/2, 1/2).
pub fn hash(number: usize, seed: u32) -> f64 {
    let mut h = (number as u32)
        .wrapping_mul(2_654_435_761)
        .wrapping_add(seed);
    h ^= h >> 15;
    h = h.wrapping_mul(2_246_822_519);
    h ^= h >> 13;
    f64::from(h) / 4_294_967_296.0 - 0.5
}

/// The hash of every point.
pub fn field<const D: usize>(grid: &Grid<D>, seed: u32) -> Field<f64, D> {
    grid.field(|index| hash(number(index, grid.extent()), seed))
}

/// The hash of every point but those of the outermost layer, which are zero.
pub fn inside<const D: usize>(grid: &Grid<D>, seed: u32) -> Field<f64, D> {
    let extent = grid.extent();
    grid.field(
        |index| match (0..D).all(|axis| (1..extent[axis] - 1).contains(&index[axis])) {
            true => hash(number(index, extent), seed),
            false => 0.0,
        },
    )
}

/// The number of a point in row-major order.
pub fn number<const D: usize>(index: [usize; D], extent: [usize; D]) -> usize {
    let axes = index.iter().zip(extent);
    axes.fold(0, |number, (index, extent)| number * extent + index)
}
