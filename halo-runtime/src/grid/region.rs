//! Half-open boxes of grid indices: blocks, slabs, cores and shells are all regions.
//!
//! Whether the indices are global or counted from a block's first cell is the caller's choice; they are signed
//! because ghost cells lie before cell 0. Pure arithmetic, no other module is needed.

use std::fmt;

/// The box of indices with `start <= index < end` on every axis.
///
/// ```
/// use halo::Region;
///
/// let block = Region::new([0, 2], [4, 5]);
/// assert_eq!(block.count(), 12);
/// assert_eq!(block.grow([[1, 1], [0, 2]]).to_string(), "[-1..5, 2..7]");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region<const D: usize> {
    /// First index inside, per axis.
    pub start: [isize; D],
    /// First index past the end, per axis.
    pub end: [isize; D],
}

impl<const D: usize> Region<D> {
    /// The region from `start` up to, not including, `end`.
    pub fn new(start: [isize; D], end: [isize; D]) -> Self {
        Region { start, end }
    }

    /// The region `0..extent` on every axis.
    pub fn of_extent(extent: [usize; D]) -> Self {
        Region {
            start: [0; D],
            end: extent.map(|n| n as isize),
        }
    }

    /// A region that every index of a grid lies in, with room to be shifted.
    pub(crate) fn everything() -> Self {
        Region {
            start: [isize::MIN / 4; D],
            end: [isize::MAX / 4; D],
        }
    }

    /// Number of indices along `axis`; 0 where `end` lies at or before `start`.
    pub fn len(&self, axis: usize) -> usize {
        (self.end[axis] - self.start[axis]).max(0) as usize
    }

    /// Number of indices along every axis.
    pub fn shape(&self) -> [usize; D] {
        std::array::from_fn(|axis| self.len(axis))
    }

    /// Whether no index lies inside.
    pub fn is_empty(&self) -> bool {
        (0..D).any(|axis| self.len(axis) == 0)
    }

    /// Number of indices inside.
    pub fn count(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether `index` lies inside.
    pub fn contains(&self, index: [isize; D]) -> bool {
        (0..D).all(|axis| (self.start[axis]..self.end[axis]).contains(&index[axis]))
    }

    /// Whether all of `other` lies inside; an empty region lies inside every region.
    pub fn covers(&self, other: &Self) -> bool {
        other.is_empty()
            || (0..D).all(|axis| {
                self.start[axis] <= other.start[axis] && other.end[axis] <= self.end[axis]
            })
    }

    /// The indices that lie in both regions, possibly none.
    pub fn intersect(&self, other: &Self) -> Self {
        Region {
            start: std::array::from_fn(|axis| self.start[axis].max(other.start[axis])),
            end: std::array::from_fn(|axis| self.end[axis].min(other.end[axis])),
        }
    }

    /// The smallest region that holds both.
    pub(crate) fn around(&self, other: &Self) -> Self {
        Region {
            start: std::array::from_fn(|axis| self.start[axis].min(other.start[axis])),
            end: std::array::from_fn(|axis| self.end[axis].max(other.end[axis])),
        }
    }

    /// The region moved by `offset`.
    pub fn shift(&self, offset: [isize; D]) -> Self {
        Region {
            start: std::array::from_fn(|axis| self.start[axis] + offset[axis]),
            end: std::array::from_fn(|axis| self.end[axis] + offset[axis]),
        }
    }

    /// The region made larger by `[low, high]` indices on every axis.
    pub fn grow(&self, margins: [[usize; 2]; D]) -> Self {
        Region {
            start: std::array::from_fn(|axis| self.start[axis] - margins[axis][0] as isize),
            end: std::array::from_fn(|axis| self.end[axis] + margins[axis][1] as isize),
        }
    }

    /// The region made smaller by `[low, high]` indices on every axis, possibly empty.
    pub fn shrink(&self, margins: [[usize; 2]; D]) -> Self {
        Region {
            start: std::array::from_fn(|axis| self.start[axis] + margins[axis][0] as isize),
            end: std::array::from_fn(|axis| self.end[axis] - margins[axis][1] as isize),
        }
    }

    /// The same region with `axis` narrowed to `start..end`.
    pub fn with_axis(mut self, axis: usize, start: isize, end: isize) -> Self {
        self.start[axis] = start;
        self.end[axis] = end;
        self
    }

    /// All indices inside in row-major order, the last axis fastest.
    pub fn indices(&self) -> impl Iterator<Item = [isize; D]> + use<D> {
        let region = *self;
        let mut next = (!region.is_empty()).then_some(region.start);
        std::iter::from_fn(move || {
            let index = next?;
            next = region.successor(index, D);
            Some(index)
        })
    }

    /// The index that follows `index` in row-major order over the first `axes` axes; none after the last.
    pub(crate) fn successor(&self, mut index: [isize; D], axes: usize) -> Option<[isize; D]> {
        for axis in (0..axes).rev() {
            index[axis] += 1;
            if index[axis] < self.end[axis] {
                return Some(index);
            }
            index[axis] = self.start[axis];
        }
        None
    }
}

impl<const D: usize> fmt::Display for Region<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for axis in 0..D {
            let comma = if axis == 0 { "" } else { ", " };
            write!(f, "{comma}{}..{}", self.start[axis], self.end[axis])?;
        }
        f.write_str("]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reversed_region_is_empty() {
        let region = Region::new([3, 0], [1, 4]);
        assert!(region.is_empty());
        assert_eq!(region.shape(), [0, 4]);
        assert_eq!(region.count(), 0);
        assert_eq!(region.indices().count(), 0);
    }

    #[test]
    fn intersection_holds_exactly_the_common_indices() {
        let a = Region::new([-1, 0], [3, 4]);
        let b = Region::new([1, -2], [5, 2]);
        let common: Vec<_> = a.indices().filter(|&index| b.contains(index)).collect();
        assert_eq!(a.intersect(&b).indices().collect::<Vec<_>>(), common);
        assert_eq!(common.len(), 4);
        assert!(a.covers(&a.intersect(&b)) && !a.covers(&b));
    }

    #[test]
    fn grow_and_shrink_undo_each_other() {
        let region = Region::new([0, 10], [4, 20]);
        let margins = [[1, 2], [0, 3]];
        assert_eq!(region.grow(margins), Region::new([-1, 10], [6, 23]));
        assert_eq!(region.grow(margins).shrink(margins), region);
    }

    #[test]
    fn indices_run_row_major() {
        let indices: Vec<_> = Region::new([0, -1], [2, 1]).indices().collect();
        assert_eq!(indices, [[0, -1], [0, 0], [1, -1], [1, 0]]);
    }

    #[test]
    fn prints_as_ranges() {
        assert_eq!(Region::new([0, 2], [4, 5]).to_string(), "[0..4, 2..5]");
        assert_eq!(Region::of_extent([7]).shift([-2]).to_string(), "[-2..5]");
    }
}
