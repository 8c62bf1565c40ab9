//! Where the cells of a block lie in memory: owned cells inside a margin of ghosts, rows contiguous.
//!
//! A layout is plain data, it can be printed and tested without a field. Local indices count from the first owned
//! cell, so ghosts before it have negative indices. Relies only on [`Region`].

use std::fmt;

use crate::grid::Region;

/// Size of a cache line: owned rows start on one where that costs little memory.
const LINE_BYTES: usize = 64;

/// The memory layout of one block: row-major, the last axis contiguous, `margin` ghosts around the `owned` cells.
///
/// ```
/// use halo::Layout;
///
/// let layout = Layout::new([3, 4], [[1, 1], [1, 2]], 8);
/// assert_eq!(layout.offset([0, 1]) - layout.offset([0, -1]), 2);
/// assert_eq!(layout.strides()[1], 1);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout<const D: usize> {
    owned: [usize; D],
    margin: [[usize; 2]; D],
    strides: [usize; D],
    origin: usize,
    len: usize,
}

impl<const D: usize> Layout<D> {
    /// The layout of `owned` cells of `element_bytes` bytes each within a margin of `[low, high]` ghosts per axis.
    ///
    /// # Panics
    /// When an axis has no owned cell, or the storage would be larger than the address space, as `Vec` does.
    pub fn new(owned: [usize; D], margin: [[usize; 2]; D], element_bytes: usize) -> Self {
        const { assert!(1 <= D && D <= 4, "halo's grids have 1 to 4 axes") };
        assert!(
            owned.iter().all(|&n| n > 0),
            "a block of {owned:?} cells holds none"
        );
        let padded: [usize; D] = std::array::from_fn(|axis| {
            checked_sum([margin[axis][0], owned[axis], margin[axis][1]])
        });
        let ghosts = margin[D - 1][0];
        let (lead, pitch) = row(padded[D - 1], ghosts, element_bytes);

        let mut strides = [1; D];
        let mut len = pitch;
        for axis in (0..D - 1).rev() {
            strides[axis] = len;
            len = checked_product(len, padded[axis]);
        }
        let len = checked_sum([lead - ghosts, len]);
        checked_product(len, element_bytes);
        let before: usize = (0..D - 1).map(|axis| margin[axis][0] * strides[axis]).sum();
        Layout {
            owned,
            margin,
            strides,
            origin: before + lead,
            len,
        }
    }

    /// Number of owned cells per axis.
    pub fn owned(&self) -> [usize; D] {
        self.owned
    }

    /// Number of ghosts `[low, high]` per axis.
    pub fn margin(&self) -> [[usize; 2]; D] {
        self.margin
    }

    /// Distance in cells between neighbours along each axis; 1 along the last.
    pub fn strides(&self) -> [usize; D] {
        self.strides
    }

    /// Offset of owned cell (0, .., 0) from the start of the storage.
    pub fn origin(&self) -> usize {
        self.origin
    }

    /// Number of cells of the storage: owned, ghosts and padding.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a layout always holds owned cells"
    )]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The owned cells, in local indices.
    pub fn owned_region(&self) -> Region<D> {
        Region::of_extent(self.owned)
    }

    /// The owned cells and their ghosts, in local indices.
    pub fn padded_region(&self) -> Region<D> {
        self.owned_region().grow(self.margin)
    }

    /// Whether a margin of `needed` ghosts `[low, high]` per axis fits into this one.
    pub fn has_margin(&self, needed: [[usize; 2]; D]) -> bool {
        (0..D).all(|axis| {
            needed[axis][0] <= self.margin[axis][0] && needed[axis][1] <= self.margin[axis][1]
        })
    }

    /// Offset in the storage of the cell at a local index, which may lie in the margin.
    #[inline]
    pub fn offset(&self, index: [isize; D]) -> usize {
        debug_assert!(
            self.padded_region().contains(index),
            "{index:?} lies outside {self}"
        );
        let relative: isize = (0..D)
            .map(|axis| index[axis] * self.strides[axis] as isize)
            .sum();
        (self.origin as isize + relative) as usize
    }

    /// The rows along the last axis of a region of local indices, in row-major order.
    ///
    /// # Panics
    /// When the region reaches beyond the margin.
    pub fn rows(&self, region: &Region<D>) -> Rows<D> {
        assert!(
            self.padded_region().covers(region),
            "region {region} lies outside {self}"
        );
        let first = (!region.is_empty()).then_some(region.start);
        Rows {
            layout: *self,
            region: *region,
            next: first,
        }
    }
}

impl<const D: usize> fmt::Display for Layout<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "owned cells {} within {}, strides {:?}",
            self.owned_region(),
            self.padded_region(),
            self.strides
        )
    }
}

/// One contiguous run of cells along the last axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row<const D: usize> {
    /// Local index of the first cell.
    pub index: [isize; D],
    /// Offset of the first cell in the storage.
    pub offset: usize,
    /// Number of cells.
    pub len: usize,
}

/// Iterator over the rows of a region; see [`Layout::rows`].
#[derive(Clone, Debug)]
pub struct Rows<const D: usize> {
    layout: Layout<D>,
    region: Region<D>,
    next: Option<[isize; D]>,
}

impl<const D: usize> Iterator for Rows<D> {
    type Item = Row<D>;

    fn next(&mut self) -> Option<Row<D>> {
        let index = self.next?;
        self.next = self.region.successor(index, D - 1);
        Some(Row {
            index,
            offset: self.layout.offset(index),
            len: self.region.len(D - 1),
        })
    }
}

/// Cells of the storage before the first owned cell of its first row, and from one row to the next.
///
/// Whole cache lines are taken where the padding adds at most a fifth, so that owned rows start aligned. The ghosts after a
/// row and those before the next share what lies between them.
fn row(padded: usize, ghosts: usize, element_bytes: usize) -> (usize, usize) {
    let line = LINE_BYTES.checked_div(element_bytes).unwrap_or(1).max(1);
    let pitch = checked_sum([padded, line - 1]) / line * line;
    if pitch - padded <= padded / 5 {
        (ghosts.next_multiple_of(line), pitch)
    } else {
        (ghosts, padded)
    }
}

fn checked_sum<const N: usize>(terms: [usize; N]) -> usize {
    let sum = terms
        .iter()
        .try_fold(0_usize, |sum, &term| sum.checked_add(term));
    sum.expect("capacity overflow: a block must fit into the address space")
}

fn checked_product(a: usize, b: usize) -> usize {
    let product = a
        .checked_mul(b)
        .filter(|&product| product <= isize::MAX as usize - LINE_BYTES);
    product.expect("capacity overflow: a block must fit into the address space")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn long_rows_start_on_a_cache_line() {
        let layout = Layout::new([5, 200], [[2, 2], [1, 1]], 8);
        for row in layout.rows(&layout.owned_region()) {
            assert_eq!(row.offset * 8 % LINE_BYTES, 0, "{row:?}");
        }
        assert_eq!(layout.len(), 9 * 208 + 7);
    }

    #[test]
    fn short_rows_are_not_padded() {
        let layout = Layout::new([4, 3], [[0, 0], [1, 1]], 8);
        assert_eq!(layout.strides(), [5, 1]);
        assert_eq!(layout.origin(), 1);
        assert_eq!(layout.len(), 20);
    }

    #[test]
    fn every_cell_has_a_place_of_its_own() {
        for layout in [
            Layout::new([3, 2, 5], [[1, 0], [2, 1], [3, 4]], 4),
            Layout::new([2, 1, 130], [[0, 1], [1, 2], [3, 4]], 4),
        ] {
            let cells: Vec<_> = layout.padded_region().indices().collect();
            let offsets: HashSet<_> = cells.iter().map(|&index| layout.offset(index)).collect();
            assert_eq!(offsets.len(), cells.len());
            assert!(offsets.iter().all(|&offset| offset < layout.len()));
        }
    }

    #[test]
    fn rows_cover_a_region_of_ghosts() {
        let layout = Layout::new([3, 4], [[1, 1], [1, 2]], 8);
        let region = Region::new([-1, 4], [2, 6]);
        let rows: Vec<_> = layout
            .rows(&region)
            .map(|row| (row.index, row.len))
            .collect();
        assert_eq!(rows, [([-1, 4], 2), ([0, 4], 2), ([1, 4], 2)]);
        assert!(layout.rows(&Region::new([0, 0], [0, 4])).next().is_none());
    }

    #[test]
    #[should_panic(expected = "lies outside")]
    fn rows_beyond_the_margin_are_refused() {
        Layout::new([3, 4], [[1, 1], [1, 2]], 8).rows(&Region::new([-2, 0], [1, 1]));
    }
}
