//! Choices about a grid before it exists: periodic axes, process grid, block sizes, margin.
//!
//! `build` is where the ranks make sure that they all mean the same grid: ranks that disagree would wait for each
//! other for ever in the first exchange.

use super::{Decomposition, Grid, ProcessGrid};
use crate::comm::Comm;
use crate::error::{Error, Result};

/// A grid being described; made by [`Grid::builder`].
///
/// ```
/// use halo::{Comm, Grid};
///
/// let grid = Grid::builder(&Comm::solo(), [64, 32])
///     .periodic([true, false])
///     .process_grid([1, 1])
///     .build()?;
/// assert_eq!(grid.periodic(), [true, false]);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a grid comes into being with `build`"]
pub struct GridBuilder<const D: usize> {
    comm: Comm,
    extent: [usize; D],
    periodic: [bool; D],
    process_grid: Option<[usize; D]>,
    blocks: Option<[Vec<usize>; D]>,
    margin: [[usize; 2]; D],
}

impl<const D: usize> GridBuilder<D> {
    pub(super) fn new(comm: &Comm, extent: [usize; D]) -> Self {
        const { assert!(1 <= D && D <= 4, "halo's grids have 1 to 4 axes") };
        GridBuilder {
            comm: comm.clone(),
            extent,
            periodic: [false; D],
            process_grid: None,
            blocks: None,
            margin: [[0; 2]; D],
        }
    }

    /// Joins the ends of the axes marked `true`.
    pub fn periodic(mut self, periodic: [bool; D]) -> Self {
        self.periodic = periodic;
        self
    }

    /// Arranges the ranks so, instead of by least communication.
    pub fn process_grid(mut self, dims: [usize; D]) -> Self {
        self.process_grid = Some(dims);
        self
    }

    /// Cuts every axis into blocks of these sizes, instead of sizes that differ by at most one.
    pub fn blocks(mut self, sizes: [&[usize]; D]) -> Self {
        self.blocks = Some(sizes.map(<[usize]>::to_vec));
        self
    }

    /// Gives new fields at least this many ghosts `[low, high]` per axis; operators widen it by themselves.
    pub fn margin(mut self, margin: [[usize; 2]; D]) -> Self {
        self.margin = margin;
        self
    }

    /// The grid. Collective, one small message to every rank.
    ///
    /// # Errors
    /// The same on every rank: [`Error::EmptyExtent`], [`Error::EmptyBlock`]; [`Error::TooManyRanks`] or
    /// [`Error::NoProcessGrid`] where a rank would own no cell; [`Error::ProcessGridSize`] where process grid or
    /// blocks do not use exactly the ranks of the job; [`Error::BlocksMismatch`] where sizes do not add up to the
    /// extent; [`Error::Invalid`] where ranks ask for different grids.
    pub fn build(self) -> Result<Grid<D>> {
        let local = self.decomposition();
        let wish = match &local {
            Ok(decomposition) => decomposition.to_string(),
            Err(error) => error.to_string(),
        };
        let wishes = self.comm.all_gather(wish.as_bytes())?;
        if let Some(rank) = wishes.iter().position(|other| *other != wishes[0]) {
            return Err(Error::Invalid(format!(
                "rank 0 asks for a grid of {}, rank {rank} for {}; build the same grid on every rank",
                String::from_utf8_lossy(&wishes[0]),
                String::from_utf8_lossy(&wishes[rank]),
            )));
        }
        Ok(Grid::from_parts(self.comm, local?, self.margin))
    }

    /// The decomposition asked for, from the arguments alone.
    fn decomposition(&self) -> Result<Decomposition<D>> {
        let ranks = self.comm.size();
        if let Some(sizes) = &self.blocks {
            return self.given_blocks(sizes);
        }
        let process_grid = match self.process_grid {
            Some(dims) => ProcessGrid::new(dims, ranks)?,
            None => ProcessGrid::choose(ranks, self.extent, self.periodic)?,
        };
        Decomposition::balanced(self.extent, self.periodic, process_grid)
    }

    fn given_blocks(&self, sizes: &[Vec<usize>; D]) -> Result<Decomposition<D>> {
        let decomposition =
            Decomposition::from_blocks(sizes.each_ref().map(Vec::as_slice), self.periodic)?;
        for (axis, (&sum, &extent)) in decomposition.extent().iter().zip(&self.extent).enumerate() {
            if sum != extent {
                let blocks = sizes[axis].len();
                return Err(Error::BlocksMismatch {
                    axis,
                    blocks,
                    sum,
                    extent,
                });
            }
        }
        let dims = decomposition.process_grid().dims;
        ProcessGrid::new(dims, self.comm.size())?;
        match self.process_grid {
            Some(asked) if asked != dims => Err(Error::Invalid(format!(
                "the block sizes make a process grid of {dims:?}, not {asked:?}; give one of the two"
            ))),
            _ => Ok(decomposition),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::launch_on;

    #[test]
    fn a_grid_that_does_not_fit_the_ranks_is_refused() {
        let build = |builder: &(dyn Fn(&Comm) -> Result<Grid<2>> + Sync)| {
            launch_on(4, |comm| builder(comm).map(drop)).unwrap_err()
        };
        assert_eq!(
            build(&|comm| Grid::builder(comm, [9, 9]).process_grid([3, 2]).build()),
            Error::ProcessGridSize {
                grid: vec![3, 2],
                ranks: 4
            }
        );
        assert_eq!(
            build(&|comm| Grid::builder(comm, [9, 3]).process_grid([1, 4]).build()),
            Error::TooManyRanks {
                axis: 1,
                ranks: 4,
                extent: 3
            }
        );
        assert_eq!(
            build(&|comm| Grid::builder(comm, [9, 9])
                .blocks([&[4, 5], &[4, 4]])
                .build()),
            Error::BlocksMismatch {
                axis: 1,
                blocks: 2,
                sum: 8,
                extent: 9
            }
        );
        assert_eq!(
            build(&|comm| Grid::with_blocks(comm, [&[4, 5], &[9]])),
            Error::ProcessGridSize {
                grid: vec![2, 1],
                ranks: 4
            }
        );
        let both = |comm: &Comm| {
            Grid::builder(comm, [9, 9])
                .process_grid([4, 1])
                .blocks([&[4, 5], &[4, 5]])
                .build()
        };
        assert!(matches!(build(&both), Error::Invalid(_)));
    }

    #[test]
    fn ranks_that_disagree_are_told_so() {
        let error =
            launch_on(3, |comm| Grid::new(comm, [9 + comm.rank() / 2]).map(drop)).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("rank 0 asks") && message.contains("rank 2"),
            "{message}"
        );
    }

    #[test]
    fn given_blocks_are_kept() {
        let blocks = crate::launch_all(4, |comm| {
            Ok(Grid::with_blocks(comm, [&[1, 6], &[5, 2]])?.block().shape())
        });
        assert_eq!(blocks.unwrap(), [[1, 5], [1, 2], [6, 5], [6, 2]]);
    }
}
