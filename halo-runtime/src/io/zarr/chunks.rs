//! Which chunks of an array a rank writes: those that begin in its block, so that no two ranks write one file.

use crate::grid::{Decomposition, Region};

/// Chunks of one extent, over the points of a decomposition.
pub(super) struct Chunks<'a, const D: usize> {
    pub points: &'a Decomposition<D>,
    pub extent: [usize; D],
}

impl<const D: usize> Chunks<'_, D> {
    /// The chunks of a rank, by their indices; there may be none.
    pub fn of(&self, rank: usize) -> Region<D> {
        let block = self.points.block(rank);
        let first =
            |point: isize, axis: usize| (point as usize).div_ceil(self.extent[axis]) as isize;
        Region {
            start: std::array::from_fn(|axis| first(block.start[axis], axis)),
            end: std::array::from_fn(|axis| first(block.end[axis], axis)),
        }
    }

    /// The points of all chunks of a rank.
    pub fn points_of(&self, rank: usize) -> Region<D> {
        let chunks = self.of(rank);
        self.within(&chunks)
    }

    /// The points of some chunks; the last chunk of an axis ends with it.
    pub fn within(&self, chunks: &Region<D>) -> Region<D> {
        let whole = self.points.extent();
        let point = |chunk: isize, axis: usize| {
            (chunk * self.extent[axis] as isize).min(whole[axis] as isize)
        };
        Region {
            start: std::array::from_fn(|axis| point(chunks.start[axis], axis)),
            end: std::array::from_fn(|axis| point(chunks.end[axis], axis)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_belongs_to_one_rank() {
        let points = Decomposition::from_blocks([&[3, 1, 5], &[4, 6]], [false; 2]).unwrap();
        for extent in [[1, 1], [2, 3], [5, 6], [9, 10], [20, 4]] {
            let chunks = Chunks {
                points: &points,
                extent,
            };
            let all = [9usize.div_ceil(extent[0]), 10usize.div_ceil(extent[1])];
            let mut found: Vec<_> = (0..6).flat_map(|rank| chunks.of(rank).indices()).collect();
            found.sort();
            let expected: Vec<_> = Region::of_extent(all).indices().collect();
            assert_eq!(found, expected, "{extent:?}");
            let cells: usize = (0..6).map(|rank| chunks.points_of(rank).count()).sum();
            assert_eq!(cells, 90, "{extent:?}");
        }
    }
}
