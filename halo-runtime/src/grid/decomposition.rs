//! Which rank owns which cells: a global extent cut into one contiguous block per rank.
//!
//! Every rank holds the whole decomposition (a few numbers per axis), so that who owns a cell is answered without
//! messages and every rank computes the same errors.

use std::fmt;
use std::ops::Range;

use super::{ProcessGrid, Region, Staggering};
use crate::error::{Error, Result};

/// A grid's extent, cut along every axis into as many blocks as the process grid has ranks there.
///
/// ```
/// use halo::{Decomposition, ProcessGrid};
///
/// let process_grid = ProcessGrid::new([3, 1], 3)?;
/// let decomposition = Decomposition::balanced([10, 4], [false, false], process_grid)?;
/// assert_eq!(decomposition.block(0).to_string(), "[0..4, 0..4]");
/// assert_eq!(decomposition.owner([7, 2]), 2);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decomposition<const D: usize> {
    periodic: [bool; D],
    process_grid: ProcessGrid<D>,
    /// Per axis: where each block starts, then the extent. Strictly increasing: no block is empty.
    cuts: [Vec<usize>; D],
}

impl<const D: usize> Decomposition<D> {
    /// The balanced split: sizes along an axis differ by at most one, the larger blocks come first.
    ///
    /// # Errors
    /// [`Error::EmptyExtent`], [`Error::TooManyRanks`] where an axis has more ranks than cells, [`Error::Invalid`]
    /// where the cells cannot be counted.
    pub fn balanced(
        extent: [usize; D],
        periodic: [bool; D],
        process_grid: ProcessGrid<D>,
    ) -> Result<Self> {
        check_countable(extent)?;
        for axis in 0..D {
            let (ranks, extent) = (process_grid.dims[axis], extent[axis]);
            if extent == 0 {
                return Err(Error::EmptyExtent { axis });
            }
            if ranks > extent {
                return Err(Error::TooManyRanks {
                    axis,
                    ranks,
                    extent,
                });
            }
        }
        let cuts = std::array::from_fn(|axis| balanced_cuts(extent[axis], process_grid.dims[axis]));
        Ok(Decomposition {
            periodic,
            process_grid,
            cuts,
        })
    }

    /// The split into blocks of the given sizes along each axis; extent and process grid follow from them.
    ///
    /// # Errors
    /// [`Error::EmptyExtent`] where an axis has no block, [`Error::EmptyBlock`] where a block has no cell,
    /// [`Error::Invalid`] where the cells cannot be counted.
    pub fn from_blocks(sizes: [&[usize]; D], periodic: [bool; D]) -> Result<Self> {
        for (axis, sizes) in sizes.iter().enumerate() {
            if sizes.is_empty() {
                return Err(Error::EmptyExtent { axis });
            }
            if let Some(block) = sizes.iter().position(|&size| size == 0) {
                return Err(Error::EmptyBlock { axis, block });
            }
        }
        check_countable(
            sizes.map(|sizes| sizes.iter().fold(0_usize, |sum, &n| sum.saturating_add(n))),
        )?;
        let process_grid = ProcessGrid {
            dims: sizes.map(<[usize]>::len),
        };
        let cuts = sizes.map(|sizes| {
            let ends = sizes.iter().scan(0, |end, &size| {
                *end += size;
                Some(*end)
            });
            std::iter::once(0).chain(ends).collect()
        });
        Ok(Decomposition {
            periodic,
            process_grid,
            cuts,
        })
    }

    /// The same blocks for the points of a location: they start where those of the cells do, and the last one along a
    /// staggered axis that is not periodic holds one point more.
    ///
    /// ```
    /// use halo::{Decomposition, Face, Location, ProcessGrid};
    ///
    /// let process_grid = ProcessGrid::new([2, 1], 2)?;
    /// let cells = Decomposition::balanced([8, 3], [false, false], process_grid)?;
    /// let faces = cells.at(Face::<0>::STAGGERING);
    /// assert_eq!(faces.extent(), [9, 3]);
    /// assert_eq!([0, 1].map(|rank| faces.block(rank).to_string()), ["[0..4, 0..3]", "[4..9, 0..3]"]);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn at(&self, staggering: Staggering) -> Self {
        let mut points = self.clone();
        for (axis, cuts) in points.cuts.iter_mut().enumerate() {
            if let (true, false, Some(extent)) =
                (staggering.has(axis), self.periodic[axis], cuts.last_mut())
            {
                *extent += 1;
            }
        }
        points
    }

    /// Number of cells per axis.
    pub fn extent(&self) -> [usize; D] {
        std::array::from_fn(|axis| self.cuts[axis][self.process_grid.dims[axis]])
    }

    /// Per axis, whether its ends are joined.
    pub fn periodic(&self) -> [bool; D] {
        self.periodic
    }

    /// The arrangement of the ranks.
    pub fn process_grid(&self) -> ProcessGrid<D> {
        self.process_grid
    }

    /// Number of ranks.
    pub fn ranks(&self) -> usize {
        self.process_grid.size()
    }

    /// Where the blocks along an axis start, followed by the extent: one more entry than blocks.
    pub fn cuts(&self, axis: usize) -> &[usize] {
        &self.cuts[axis]
    }

    /// Sizes of the blocks along an axis.
    pub fn sizes(&self, axis: usize) -> impl Iterator<Item = usize> {
        self.cuts[axis].windows(2).map(|cut| cut[1] - cut[0])
    }

    /// The cells of a rank, in global indices.
    pub fn block(&self, rank: usize) -> Region<D> {
        self.block_at(self.process_grid.coordinates(rank))
    }

    /// The cells of the rank at a place of the process grid, in global indices.
    pub fn block_at(&self, coordinates: [usize; D]) -> Region<D> {
        let range = |axis: usize| self.range(axis, coordinates[axis]);
        Region {
            start: std::array::from_fn(|axis| range(axis).start as isize),
            end: std::array::from_fn(|axis| range(axis).end as isize),
        }
    }

    /// The indices along `axis` of its `coordinate`-th block.
    pub fn range(&self, axis: usize, coordinate: usize) -> Range<usize> {
        self.cuts[axis][coordinate]..self.cuts[axis][coordinate + 1]
    }

    /// The place along `axis` of the block that holds a global index inside the extent.
    pub fn owner_along(&self, axis: usize, index: usize) -> usize {
        debug_assert!(index < self.extent()[axis]);
        self.cuts[axis].partition_point(|&start| start <= index) - 1
    }

    /// The rank that owns a global index inside the extent.
    pub fn owner(&self, index: [usize; D]) -> usize {
        self.process_grid.rank(std::array::from_fn(|axis| {
            self.owner_along(axis, index[axis])
        }))
    }
}

impl<const D: usize> fmt::Display for Decomposition<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} on {} ranks", self.extent(), self.process_grid)?;
        for axis in 0..D {
            let joined = if self.periodic[axis] {
                " (periodic)"
            } else {
                ""
            };
            let sizes: Vec<_> = self.sizes(axis).collect();
            write!(f, "; axis {axis}{joined} in blocks of {}", runs(&sizes))?;
        }
        Ok(())
    }
}

/// Start of each block and the extent: the first `extent % blocks` blocks are one cell larger.
fn balanced_cuts(extent: usize, blocks: usize) -> Vec<usize> {
    let (size, larger) = (extent / blocks, extent % blocks);
    (0..=blocks)
        .map(|block| block * size + block.min(larger))
        .collect()
}

/// Byte offsets into a global array of 16-byte numbers must fit into the signed indices of a region.
fn check_countable<const D: usize>(extent: [usize; D]) -> Result {
    let cells = extent
        .iter()
        .try_fold(1_usize, |cells, &n| cells.checked_mul(n));
    if cells.is_none_or(|cells| cells > isize::MAX as usize / 16) {
        let message = format!("a grid of extents {extent:?} has more cells than can be numbered");
        return Err(Error::Invalid(message));
    }
    Ok(())
}

/// Sizes in words, equal neighbours taken together: "2 x 4, 3".
fn runs(sizes: &[usize]) -> String {
    let runs = sizes.chunk_by(|a, b| a == b).map(|run| match run.len() {
        1 => run[0].to_string(),
        count => format!("{count} x {}", run[0]),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sizes(extent: usize, blocks: usize) -> Vec<usize> {
        let process_grid = ProcessGrid { dims: [blocks] };
        Decomposition::balanced([extent], [false], process_grid)
            .unwrap()
            .sizes(0)
            .collect()
    }

    #[test]
    fn balanced_sizes_of_the_reference_table() {
        assert_eq!(sizes(10, 3), [4, 3, 3]);
        assert_eq!(sizes(9, 4), [3, 2, 2, 2]);
        assert_eq!(sizes(11, 6), [2, 2, 2, 2, 2, 1]);
        assert_eq!(sizes(13, 8), [2, 2, 2, 2, 2, 1, 1, 1]);
        assert_eq!(sizes(256, 4), [64, 64, 64, 64]);
    }

    #[test]
    fn blocks_of_given_sizes() {
        let decomposition =
            Decomposition::from_blocks([&[3, 3, 1], &[2, 5]], [false, true]).unwrap();
        assert_eq!(decomposition.extent(), [7, 7]);
        assert_eq!(decomposition.process_grid().dims, [3, 2]);
        assert_eq!(decomposition.block(5), Region::new([6, 2], [7, 7]));
        assert_eq!(
            decomposition.to_string(),
            "[7, 7] on 3 x 2 ranks; axis 0 in blocks of 2 x 3, 1; axis 1 (periodic) in blocks of 2, 5"
        );
    }

    #[test]
    fn blocks_of_points_start_where_those_of_cells_do() {
        use crate::grid::{Face, Location};
        let cells = Decomposition::from_blocks([&[3, 2], &[2, 5]], [false, true]).unwrap();
        let nodes = cells.at(<(Face<0>, Face<1>)>::STAGGERING);
        assert_eq!(
            (nodes.cuts(0), nodes.cuts(1)),
            (&[0, 3, 6][..], &[0, 2, 7][..])
        );
        assert_eq!(nodes.owner([5, 6]), 3);
        for rank in 0..4 {
            assert_eq!(nodes.block(rank).start, cells.block(rank).start);
        }
        assert_eq!(cells.at(Staggering::CELL), cells);
    }

    #[test]
    fn a_decomposition_without_cells_is_refused() {
        let balanced = |extent, ranks| {
            Decomposition::balanced(extent, [false; 2], ProcessGrid { dims: ranks }).map(drop)
        };
        assert_eq!(
            balanced([4, 0], [1, 1]),
            Err(Error::EmptyExtent { axis: 1 })
        );
        assert_eq!(
            balanced([4, 9], [5, 1]),
            Err(Error::TooManyRanks {
                axis: 0,
                ranks: 5,
                extent: 4
            })
        );
        assert!(matches!(
            balanced([usize::MAX, 9], [1, 1]),
            Err(Error::Invalid(_))
        ));
        assert_eq!(
            Decomposition::from_blocks([&[3, 3, 3, 0]], [false]),
            Err(Error::EmptyBlock { axis: 0, block: 3 })
        );
        assert!(Decomposition::from_blocks([&[usize::MAX, 2]], [false]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_algorithm: prop::test_runner::RngAlgorithm::ChaCha,
            rng_seed: prop::test_runner::RngSeed::Fixed(11),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_cell_has_one_owner(
            extent in prop::array::uniform2(1_usize..20),
            ranks in prop::array::uniform2(1_usize..20),
        ) {
            let dims = std::array::from_fn(|axis| ranks[axis].min(extent[axis]));
            let decomposition =
                Decomposition::balanced(extent, [false; 2], ProcessGrid { dims }).unwrap();
            let cells: usize = (0..decomposition.ranks()).map(|rank| decomposition.block(rank).count()).sum();
            prop_assert_eq!(cells, extent[0] * extent[1]);
            for index in Region::of_extent(extent).indices() {
                let owner = decomposition.owner(index.map(|i| i as usize));
                prop_assert!(decomposition.block(owner).contains(index));
            }
            for axis in 0..2 {
                let (least, most) = (decomposition.sizes(axis).min(), decomposition.sizes(axis).max());
                prop_assert!(most.unwrap() - least.unwrap() <= 1);
            }
        }
    }
}
