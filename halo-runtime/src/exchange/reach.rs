//! How far a stencil reads past a block: the same on all blocks, but at the high end of the grid.
//!
//! There a field may end one point before or after the points it is read from, where the two lie at different locations.

/// Ghosts that a stencil reads around a block.
///
/// Made from `[low, high]` widths per axis where the field lies where the points it is read from lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reach<const D: usize> {
    /// Widths `[low, high]` per axis.
    pub sides: [[usize; 2]; D],
    /// Per axis, the width past the high end of an axis that is not periodic.
    pub past_end: [usize; D],
}

impl<const D: usize> Reach<D> {
    /// The widest of both, per axis and side: what a margin must have room for.
    pub fn widest(&self) -> [[usize; 2]; D] {
        std::array::from_fn(|axis| {
            let [low, high] = self.sides[axis];
            [low, high.max(self.past_end[axis])]
        })
    }
}

impl<const D: usize> From<[[usize; 2]; D]> for Reach<D> {
    fn from(sides: [[usize; 2]; D]) -> Self {
        Reach {
            sides,
            past_end: sides.map(|[_, high]| high),
        }
    }
}
