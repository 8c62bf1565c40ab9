//! Which points of a grid each rank's block holds, ghosts included: the space of [`Blocks`](super::Blocks).
//!
//! Made by `Halo`, and by every other layout of the same grid.

use std::fmt;
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::grid::{Decomposition, Grid, Region, Staggering};

/// The points that each rank holds: its block of a grid, grown by ghosts.
///
/// ```
/// use halo::operator::Halo;
/// use halo::prelude::*;
///
/// halo::launch_on(2, |comm| {
///     let grid = Grid::new(comm, [8])?;
///     let blocks = Halo::<f64, 1>::new(&grid, 2)?.blocks();
///     assert_eq!(blocks.shape(), [6]); // trimmed where the grid ends
///     assert_eq!(blocks.start(), [[0], [2]][comm.rank()]);
///     Ok(())
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
pub struct BlockLayout<const D: usize> {
    shared: Rc<Shared<D>>,
}

struct Shared<const D: usize> {
    grid: Grid<D>,
    staggering: Staggering,
    widths: [[usize; 2]; D],
    kept: [[bool; 2]; D],
    /// Of this rank.
    ghosts: [[usize; 2]; D],
    /// Points of all ranks before this one.
    before: usize,
}

impl<const D: usize> BlockLayout<D> {
    /// Blocks with ghosts of `[low, high]` widths per axis; at an end of an axis that is not periodic only where they are
    /// `kept`.
    pub(crate) fn new(
        grid: &Grid<D>,
        staggering: Staggering,
        widths: [[usize; 2]; D],
        kept: [[bool; 2]; D],
    ) -> Self {
        let points = grid.decomposition().at(staggering);
        let ghosts = |rank| ghosts_of(&points, rank, widths, kept);
        let before = (0..grid.rank())
            .map(|rank| points.block(rank).grow(ghosts(rank)).count())
            .sum();
        BlockLayout {
            shared: Rc::new(Shared {
                staggering,
                widths,
                kept,
                ghosts: ghosts(grid.rank()),
                before,
                grid: grid.clone(),
            }),
        }
    }

    /// The same blocks without ghosts.
    pub fn without_ghosts(&self) -> Self {
        let Shared {
            grid, staggering, ..
        } = &*self.shared;
        BlockLayout::new(grid, *staggering, [[0; 2]; D], [[false; 2]; D])
    }

    /// The grid that the blocks are cut from.
    pub fn grid(&self) -> &Grid<D> {
        &self.shared.grid
    }

    /// Points of this rank's block per axis, ghosts included.
    pub fn shape(&self) -> [usize; D] {
        self.local().shape()
    }

    /// Ghosts of this rank's block, `[low, high]` per axis.
    pub fn ghosts(&self) -> [[usize; 2]; D] {
        self.shared.ghosts
    }

    /// Global index of this rank's first point; below 0 where ghosts are kept beyond the low end of an axis, or come
    /// from its high end.
    pub fn start(&self) -> [isize; D] {
        self.region().start
    }

    /// The points of this rank's block, ghosts included, in global indices.
    pub fn region(&self) -> Region<D> {
        self.owned().grow(self.shared.ghosts)
    }

    /// The points of this rank's block that it owns, in global indices.
    pub fn owned(&self) -> Region<D> {
        self.shared.grid.block_of(self.shared.staggering)
    }

    /// An error unless the blocks of both hold the same points on every rank.
    pub(crate) fn expect_same(&self, other: &Self, what: &str) -> Result {
        let (a, b) = (&*self.shared, &*other.shared);
        a.grid.expect_same(&b.grid, what)?;
        if (a.staggering, a.widths, a.kept) == (b.staggering, b.widths, b.kept) {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "{what} is {other}, the operator works on {self}; make both from one `Halo`"
        )))
    }

    pub(crate) fn staggering(&self) -> Staggering {
        self.shared.staggering
    }

    /// Number of points of the ranks before this one, ghosts included.
    pub(crate) fn before(&self) -> usize {
        self.shared.before
    }

    /// The block with its ghosts, indices counted from its first owned point.
    pub(crate) fn local(&self) -> Region<D> {
        Region::of_extent(self.owned().shape()).grow(self.shared.ghosts)
    }
}

impl<const D: usize> fmt::Display for BlockLayout<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared {
            grid,
            staggering,
            widths,
            kept,
            ..
        } = &*self.shared;
        write!(f, "blocks with ghosts {widths:?} at {staggering}")?;
        let any = |wanted: bool| kept.as_flattened().contains(&wanted);
        match (any(true), any(false)) {
            (false, _) => f.write_str(", trimmed at the ends of the grid")?,
            (true, false) => f.write_str(", kept at the ends of the grid")?,
            (true, true) => write!(f, ", kept at the ends of the grid where {kept:?}")?,
        }
        write!(f, ", of {grid}")
    }
}

impl<const D: usize> fmt::Debug for BlockLayout<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn ghosts_of<const D: usize>(
    points: &Decomposition<D>,
    rank: usize,
    widths: [[usize; 2]; D],
    kept: [[bool; 2]; D],
) -> [[usize; 2]; D] {
    let (block, extent, periodic) = (points.block(rank), points.extent(), points.periodic());
    std::array::from_fn(|axis| {
        let at_end = [
            block.start[axis] == 0,
            block.end[axis] == extent[axis] as isize,
        ];
        std::array::from_fn(
            |side| match at_end[side] && !periodic[axis] && !kept[axis][side] {
                true => 0,
                false => widths[axis][side],
            },
        )
    })
}
