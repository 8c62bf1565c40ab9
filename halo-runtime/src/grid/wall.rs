//! A point of a wall: where a boundary kind is given a value that is not zero.

use super::Side;

/// A point of the wall at one end of an axis, as far as the value there may depend on it.
///
/// What the value means is the boundary kind's to say. With m >= 1 the distance past the end, x\[j\] the cells counted inward
/// from it and v the wall's value:
///
/// | kind | v | ghost |
/// |---|---|---|
/// | `Zero` | all ghosts | v |
/// | `Odd` | the node just outside | v, from m = 2 on 2 v - x\[m - 2\] |
/// | `Antisymmetric` | the face at the end | 2 v - x\[m - 1\] |
/// | `Clamp` | the outward slope, times the spacing | x\[0\] + m v |
/// | `Mirror` | the outward slope at the face, times the spacing | x\[m - 1\] + (2 m - 1) v |
/// | `Reflect` | the outward slope at the last cell, times the spacing | x\[m\] + 2 m v |
///
/// The other kinds have no walls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wall<const D: usize> {
    /// The input whose ghosts take the value, in the kernel's order.
    pub input: usize,
    /// The axis of the array.
    pub axis: usize,
    /// Its end.
    pub side: Side,
    /// Global index of the last point inside, before the wall. Along axes before `axis` it may itself lie past an end, at the
    /// corners of the grid.
    pub index: [isize; D],
}
