//! Which neighbours a stencil reads, and so which ghosts a block needs: the one input of every exchange plan.
//!
//! Pure data in the axes of the array; where blocks lie and who owns them is the plan's business.

use std::collections::BTreeSet;
use std::fmt;

/// The set of offsets a stencil reads, in the axes of the array.
///
/// ```
/// use halo::Footprint;
///
/// let star = Footprint::new([[0, -2], [0, 0], [0, 1], [-1, 0]]);
/// assert_eq!(star.reach(), [[1, 0], [2, 1]]);
/// assert_eq!(star.directions().count(), 3); // three faces, no corner
/// assert_eq!(star.adjoint().reach(), [[0, 1], [1, 2]]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Footprint<const D: usize> {
    /// Sorted and distinct.
    offsets: Vec<[isize; D]>,
}

impl<const D: usize> Footprint<D> {
    /// The footprint of the given offsets; their order and repetitions do not matter.
    pub fn new(offsets: impl IntoIterator<Item = [isize; D]>) -> Self {
        let distinct: BTreeSet<_> = offsets.into_iter().collect();
        Footprint {
            offsets: distinct.into_iter().collect(),
        }
    }

    /// The footprint whose ghosts are a full frame of `[low, high]` cells per axis, corners included.
    pub fn frame(reach: [[usize; 2]; D]) -> Self {
        let ends = reach.map(|[low, high]| [-(low as isize), 0, high as isize]);
        let corners = directions::<D>()
            .map(|signs| std::array::from_fn(|axis| ends[axis][(signs[axis] + 1) as usize]));
        Footprint::new(corners.chain([[0; D]]))
    }

    /// The offsets, sorted and distinct.
    pub fn offsets(&self) -> &[[isize; D]] {
        &self.offsets
    }

    /// How far the footprint reaches per axis, `[low, high]`, both counted outward from 0.
    pub fn reach(&self) -> [[usize; 2]; D] {
        std::array::from_fn(|axis| {
            let along = || self.offsets.iter().map(|offset| offset[axis]);
            let low = along().min().unwrap_or(0).min(0);
            let high = along().max().unwrap_or(0).max(0);
            [low.unsigned_abs(), high.unsigned_abs()]
        })
    }

    /// The footprint of the adjoint: each offset turned round.
    pub fn adjoint(&self) -> Self {
        Footprint::new(self.offsets.iter().map(|offset| offset.map(|along| -along)))
    }

    /// All sums of an offset of one and an offset of the other: what is read when a stencil is applied to a stencil.
    pub fn compose(&self, other: &Self) -> Self {
        let sums = self.offsets.iter().flat_map(|a| {
            let sum = move |b: &[isize; D]| std::array::from_fn(|axis| a[axis] + b[axis]);
            other.offsets.iter().map(sum)
        });
        Footprint::new(sums)
    }

    /// The directions in which a block needs ghosts, in row-major order of their signs.
    ///
    /// The ghosts of a direction are needed where some offset points out of the block on exactly the axes of the
    /// direction, or on these and on others: a diagonal offset read from a cell in the middle of a face stays within
    /// the face's ghosts.
    pub fn directions(&self) -> impl Iterator<Item = Direction<D>> {
        directions().filter_map(|signs| self.direction(signs))
    }

    fn direction(&self, signs: [isize; D]) -> Option<Direction<D>> {
        let points_there = |offset: &&[isize; D]| {
            (0..D).all(|axis| signs[axis] == 0 || offset[axis].signum() == signs[axis])
        };
        let mut widths = None;
        for offset in self.offsets.iter().filter(points_there) {
            let widths = widths.get_or_insert([0; D]);
            for axis in (0..D).filter(|&axis| signs[axis] != 0) {
                widths[axis] = offset[axis].unsigned_abs().max(widths[axis]);
            }
        }
        widths.map(|widths| Direction { signs, widths })
    }
}

impl<const D: usize> fmt::Display for Footprint<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.offsets)
    }
}

/// A direction out of a block, and how deep the ghosts lie that are needed there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Direction<const D: usize> {
    /// Per axis: -1 before the block, 0 beside it, 1 past it. Not all are 0.
    pub signs: [isize; D],
    /// Per axis: number of ghosts outward where the sign is not 0, else 0.
    pub widths: [usize; D],
}

impl<const D: usize> Direction<D> {
    /// The place of the direction among all 3^D, row-major.
    pub fn code(&self) -> u32 {
        self.signs
            .iter()
            .fold(0, |code, &sign| code * 3 + (sign + 1) as u32)
    }
}

/// All 3^D - 1 directions in row-major order.
fn directions<const D: usize>() -> impl Iterator<Item = [isize; D]> {
    let all = crate::grid::Region::new([-1; D], [2; D]).indices();
    all.filter(|&signs| signs != [0; D])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths<const D: usize>(footprint: &Footprint<D>) -> Vec<([isize; D], [usize; D])> {
        let directions = footprint.directions();
        directions
            .map(|found| (found.signs, found.widths))
            .collect()
    }

    #[test]
    fn a_star_needs_faces_only() {
        let star = Footprint::new([[-1, 0], [0, 2], [0, 0], [-1, 0]]);
        assert_eq!(star.offsets().len(), 3);
        assert_eq!(widths(&star), [([-1, 0], [1, 0]), ([0, 1], [0, 2])]);
    }

    #[test]
    fn a_diagonal_needs_its_corner_and_the_faces_beside_it() {
        let diagonal = Footprint::new([[-1, 2]]);
        let expected = [([-1, 0], [1, 0]), ([-1, 1], [1, 2]), ([0, 1], [0, 2])];
        assert_eq!(widths(&diagonal), expected);
    }

    #[test]
    fn widths_differ_between_a_face_and_its_corners() {
        let footprint = Footprint::new([[-3, 0], [-1, -1]]);
        let expected = [([-1, -1], [1, 1]), ([-1, 0], [3, 0]), ([0, -1], [0, 1])];
        assert_eq!(widths(&footprint), expected);
    }

    #[test]
    fn a_frame_needs_all_directions_that_have_width() {
        let frame = Footprint::frame([[1, 2], [0, 3]]);
        assert_eq!(frame.reach(), [[1, 2], [0, 3]]);
        let signs: Vec<_> = frame
            .directions()
            .map(|direction| direction.signs)
            .collect();
        assert_eq!(signs, [[-1, 0], [-1, 1], [0, 1], [1, 0], [1, 1]]);
    }

    #[test]
    fn nothing_but_the_centre_needs_no_ghost() {
        assert_eq!(Footprint::new([[0, 0, 0]]).directions().count(), 0);
        assert_eq!(Footprint::<2>::new([]).reach(), [[0, 0]; 2]);
    }

    #[test]
    fn a_stencil_of_a_stencil_reads_all_sums() {
        let step = Footprint::new([[-1], [1]]);
        assert_eq!(step.compose(&step).offsets(), [[-2], [0], [2]]);
        assert_eq!(step.compose(&step).compose(&step).reach(), [[3, 3]]);
    }

    #[test]
    fn codes_are_distinct_and_small() {
        let codes: BTreeSet<_> = Footprint::frame([[1, 1]; 4])
            .directions()
            .map(|direction| direction.code())
            .collect();
        assert_eq!(codes.len(), 80);
        assert!(codes.iter().all(|&code| code < 81));
    }
}
