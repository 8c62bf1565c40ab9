//! The grid that everything else is placed on: a decomposition bound to the ranks that share it.
//!
//! A handle that is cheap to clone; fields and operators keep one each. It also remembers how wide a margin the
//! operators placed on it have asked for, so that new fields suit them without a copy.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Decomposition, GridBuilder, Location, ProcessGrid, Region, Staggering};
use crate::comm::Comm;
use crate::error::{Error, Result};

/// A global grid of D axes (1 to 4), cut into one block of cells per rank.
///
/// Making one is collective: all ranks call it with the same arguments.
///
/// ```
/// use halo::Grid;
///
/// halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [100, 100])?;
///     assert_eq!(grid.process_grid().dims, [2, 2]);
///     assert_eq!(grid.block().shape(), [50, 50]);
///     Ok(())
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
pub struct Grid<const D: usize> {
    shared: Arc<Shared<D>>,
}

struct Shared<const D: usize> {
    comm: Comm,
    decomposition: Decomposition<D>,
    block: Region<D>,
    margin: [[AtomicUsize; 2]; D],
}

impl<const D: usize> Grid<D> {
    /// A grid of `extent` cells per axis, no axis periodic, on the process grid of least communication.
    ///
    /// # Errors
    /// See [`GridBuilder::build`].
    pub fn new(comm: &Comm, extent: [usize; D]) -> Result<Self> {
        Grid::builder(comm, extent).build()
    }

    /// Begins a grid with choices: periodic axes, process grid, block sizes, margin.
    pub fn builder(comm: &Comm, extent: [usize; D]) -> GridBuilder<D> {
        GridBuilder::new(comm, extent)
    }

    /// A grid whose blocks have the given sizes along every axis, as existing data may be laid out.
    ///
    /// Extent and process grid follow from the sizes: their number along an axis is the number of ranks there.
    ///
    /// # Errors
    /// See [`GridBuilder::build`].
    ///
    /// ```
    /// use halo::{Comm, Grid};
    ///
    /// let grid = Grid::with_blocks(&Comm::solo(), [&[10], &[20]])?;
    /// assert_eq!(grid.extent(), [10, 20]);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn with_blocks(comm: &Comm, sizes: [&[usize]; D]) -> Result<Self> {
        let extent =
            sizes.map(|sizes| sizes.iter().fold(0, |sum: usize, &n| sum.saturating_add(n)));
        Grid::builder(comm, extent).blocks(sizes).build()
    }

    pub(super) fn from_parts(
        comm: Comm,
        decomposition: Decomposition<D>,
        margin: [[usize; 2]; D],
    ) -> Self {
        let block = decomposition.block(comm.rank());
        let margin = margin.map(|sides| sides.map(AtomicUsize::new));
        Grid {
            shared: Arc::new(Shared {
                comm,
                decomposition,
                block,
                margin,
            }),
        }
    }

    /// The communicator of the ranks that share the grid.
    pub fn comm(&self) -> &Comm {
        &self.shared.comm
    }

    /// This rank.
    pub fn rank(&self) -> usize {
        self.shared.comm.rank()
    }

    /// Number of cells per axis, all ranks together.
    pub fn extent(&self) -> [usize; D] {
        self.shared.decomposition.extent()
    }

    /// Number of points of a location per axis, all ranks together: one more than cells along a staggered axis, unless
    /// it is periodic.
    pub fn extent_at<L: Location>(&self) -> [usize; D] {
        self.extent_of(L::STAGGERING)
    }

    pub(crate) fn extent_of(&self, staggering: Staggering) -> [usize; D] {
        let (extent, periodic) = (self.extent(), self.periodic());
        std::array::from_fn(|axis| {
            extent[axis] + usize::from(staggering.has(axis) && !periodic[axis])
        })
    }

    /// Per axis, whether its ends are joined.
    pub fn periodic(&self) -> [bool; D] {
        self.shared.decomposition.periodic()
    }

    /// Who owns which cells.
    pub fn decomposition(&self) -> &Decomposition<D> {
        &self.shared.decomposition
    }

    /// The arrangement of the ranks.
    pub fn process_grid(&self) -> ProcessGrid<D> {
        self.shared.decomposition.process_grid()
    }

    /// The cells of this rank, in global indices.
    pub fn block(&self) -> Region<D> {
        self.shared.block
    }

    /// The points of a location on this rank, in global indices.
    pub fn block_at<L: Location>(&self) -> Region<D> {
        self.block_of(L::STAGGERING)
    }

    pub(crate) fn block_of(&self, staggering: Staggering) -> Region<D> {
        let (mut block, extent) = (self.block(), self.extent());
        for (axis, points) in self.extent_of(staggering).into_iter().enumerate() {
            // The last block holds the point past its last cell.
            if block.end[axis] == extent[axis] as isize {
                block.end[axis] = points as isize;
            }
        }
        block
    }

    /// Ghosts `[low, high]` per axis around the owned cells of new fields.
    pub fn margin(&self) -> [[usize; 2]; D] {
        std::array::from_fn(|axis| {
            std::array::from_fn(|side| self.shared.margin[axis][side].load(Ordering::Relaxed))
        })
    }

    /// Widens the margin of fields made from now on to at least `margin` ghosts `[low, high]` per axis.
    ///
    /// Operators placed on the grid do this themselves. Fields made before keep their margin; an operator that needs
    /// more serves them through a padded copy.
    pub fn request_margin(&self, margin: [[usize; 2]; D]) {
        let remembered = self.shared.margin.iter().flatten();
        for (remembered, &asked) in remembered.zip(margin.iter().flatten()) {
            remembered.fetch_max(asked, Ordering::Relaxed);
        }
    }

    /// Whether both grids cut the same extent in the same way over the same ranks.
    pub fn same_as(&self, other: &Grid<D>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
            || (self.shared.comm == other.shared.comm
                && self.decomposition() == other.decomposition())
    }

    /// An error unless `what` lives on a grid that is the [same as](Grid::same_as) this one.
    pub(crate) fn expect_same(&self, other: &Grid<D>, what: &str) -> Result {
        if self.same_as(other) {
            return Ok(());
        }
        Err(Error::GridMismatch {
            what: what.to_string(),
            expected: self.to_string(),
            found: other.to_string(),
        })
    }
}

impl<const D: usize> fmt::Display for Grid<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.decomposition(), f)
    }
}

impl<const D: usize> fmt::Debug for Grid<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_only_grow() {
        let grid = Grid::builder(&Comm::solo(), [5, 5])
            .margin([[1, 0], [0, 3]])
            .build()
            .unwrap();
        grid.clone().request_margin([[0, 2], [1, 1]]);
        assert_eq!(grid.margin(), [[1, 2], [1, 3]]);
    }

    #[test]
    fn grids_are_the_same_when_their_blocks_are() {
        let comm = Comm::solo();
        let grid = Grid::new(&comm, [5, 4]).unwrap();
        assert!(grid.same_as(&grid.clone()) && grid.same_as(&Grid::new(&comm, [5, 4]).unwrap()));
        let other = Grid::new(&comm, [4, 5]).unwrap();
        assert!(!grid.same_as(&other));
        let message = grid.expect_same(&other, "`x`").unwrap_err().to_string();
        assert!(message.contains("[4, 5] on 1 x 1 ranks"), "{message}");
    }

    #[test]
    fn blocks_of_points_are_those_of_the_decomposition() {
        use crate::grid::{Cell, Face};
        fn check<L: Location>(grid: &Grid<2>) {
            let points = grid.decomposition().at(L::STAGGERING);
            assert_eq!(grid.extent_at::<L>(), points.extent());
            assert_eq!(grid.block_at::<L>(), points.block(grid.rank()));
        }
        for (ranks, periodic) in [
            (1, [false; 2]),
            (6, [false; 2]),
            (8, [true, false]),
            (4, [true; 2]),
        ] {
            crate::launch_on(ranks, |comm| {
                let grid = Grid::builder(comm, [7, 5]).periodic(periodic).build()?;
                check::<Cell>(&grid);
                check::<Face<0>>(&grid);
                check::<Face<1>>(&grid);
                check::<(Face<0>, Face<1>)>(&grid);
                assert_eq!(grid.block_at::<Cell>(), grid.block());
                Ok(())
            })
            .unwrap();
        }
    }

    #[test]
    fn blocks_cut_otherwise_make_another_grid() {
        crate::launch_on(2, |comm| {
            let balanced = Grid::new(comm, [6])?;
            assert!(balanced.same_as(&Grid::with_blocks(comm, [&[3, 3]])?));
            assert!(!balanced.same_as(&Grid::with_blocks(comm, [&[4, 2]])?));
            Ok(())
        })
        .unwrap();
    }
}
