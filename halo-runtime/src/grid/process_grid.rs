//! How the ranks of a job are arranged along the axes of a grid, and which arrangement communicates least.
//!
//! Grid arithmetic is done here rather than by a message-passing library, so that every communicator numbers its
//! ranks alike: row-major, the last axis fastest.

use std::fmt;

use crate::error::{Error, Result};

/// Ranks along every axis; rank numbers run row-major over the grid.
///
/// ```
/// use halo::ProcessGrid;
///
/// let process_grid = ProcessGrid::choose(6, [4000, 100], [false, false])?;
/// assert_eq!(process_grid.dims, [6, 1]); // cutting the short axis would communicate more
/// assert_eq!(process_grid.coordinates(4), [4, 0]);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ProcessGrid<const D: usize> {
    /// Ranks along each axis.
    pub dims: [usize; D],
}

impl<const D: usize> ProcessGrid<D> {
    /// The process grid given by hand.
    ///
    /// # Errors
    /// [`Error::ProcessGridSize`] where the product of `dims` is not `ranks`.
    pub fn new(dims: [usize; D], ranks: usize) -> Result<Self> {
        let size = dims
            .iter()
            .try_fold(1_usize, |size, &along| size.checked_mul(along));
        if size != Some(ranks) {
            return Err(Error::ProcessGridSize {
                grid: dims.to_vec(),
                ranks,
            });
        }
        Ok(ProcessGrid { dims })
    }

    /// The process grid of `ranks` ranks whose busiest rank has the smallest surface towards other ranks.
    ///
    /// All factorizations are compared, so that the answer fits the aspect of the grid and depends on nothing but
    /// the arguments. Among equal surfaces the smallest largest block wins, then the one with more ranks along the
    /// earlier axes, whose faces are contiguous in memory. No rank is left without a cell.
    ///
    /// # Errors
    /// [`Error::EmptyExtent`]; [`Error::TooManyRanks`] on one axis, [`Error::NoProcessGrid`] on several, where no
    /// factorization leaves every rank a cell.
    pub fn choose(ranks: usize, extent: [usize; D], periodic: [bool; D]) -> Result<Self> {
        if let Some(axis) = extent.iter().position(|&n| n == 0) {
            return Err(Error::EmptyExtent { axis });
        }
        let mut best: Option<(Cost, ProcessGrid<D>)> = None;
        for_each_factorization(ranks, extent, &mut |dims| {
            let candidate = ProcessGrid { dims };
            let cost = candidate.cost(extent, periodic);
            if best.is_none_or(|(least, other)| (cost, other.dims) < (least, dims)) {
                best = Some((cost, candidate));
            }
        });
        match best {
            Some((_, process_grid)) => Ok(process_grid),
            None if D == 1 => Err(Error::TooManyRanks {
                axis: 0,
                ranks,
                extent: extent[0],
            }),
            None => Err(Error::NoProcessGrid {
                ranks,
                extent: extent.to_vec(),
            }),
        }
    }

    /// Number of ranks.
    pub fn size(&self) -> usize {
        self.dims.iter().product()
    }

    /// Place of a rank along every axis.
    pub fn coordinates(&self, rank: usize) -> [usize; D] {
        let mut rest = rank;
        let mut coordinates = [0; D];
        for axis in (0..D).rev() {
            coordinates[axis] = rest % self.dims[axis];
            rest /= self.dims[axis];
        }
        coordinates
    }

    /// The rank at a place.
    pub fn rank(&self, coordinates: [usize; D]) -> usize {
        (0..D).fold(0, |rank, axis| rank * self.dims[axis] + coordinates[axis])
    }

    /// What the busiest rank of this grid communicates and computes.
    fn cost(&self, extent: [usize; D], periodic: [bool; D]) -> Cost {
        let block: [u128; D] =
            std::array::from_fn(|axis| extent[axis].div_ceil(self.dims[axis]) as u128);
        let volume: u128 = block.iter().product();
        let surface = (0..D).map(|axis| {
            let neighbours = match self.dims[axis] {
                1 => 0,
                2 if !periodic[axis] => 1,
                _ => 2,
            };
            neighbours * (volume / block[axis])
        });
        Cost {
            surface: surface.sum(),
            volume,
        }
    }
}

impl<const D: usize> fmt::Display for ProcessGrid<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for axis in 0..D {
            let times = if axis == 0 { "" } else { " x " };
            write!(f, "{times}{}", self.dims[axis])?;
        }
        Ok(())
    }
}

/// Compared by surface first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Cells on faces towards other ranks.
    surface: u128,
    /// Cells owned.
    volume: u128,
}

/// Calls `visit` with every way to write `ranks` as a product of D factors, none larger than its axis.
fn for_each_factorization<const D: usize>(
    ranks: usize,
    extent: [usize; D],
    visit: &mut impl FnMut([usize; D]),
) {
    fn place<const D: usize>(
        axis: usize,
        rest: usize,
        mut dims: [usize; D],
        extent: [usize; D],
        visit: &mut impl FnMut([usize; D]),
    ) {
        if axis + 1 == D {
            dims[axis] = rest;
            if rest <= extent[axis] {
                visit(dims);
            }
            return;
        }
        for factor in (1..=rest.min(extent[axis])).filter(|factor| rest.is_multiple_of(*factor)) {
            dims[axis] = factor;
            place(axis + 1, rest / factor, dims, extent, visit);
        }
    }
    place(0, ranks, [1; D], extent, visit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen<const D: usize>(ranks: usize, extent: [usize; D]) -> [usize; D] {
        ProcessGrid::choose(ranks, extent, [false; D]).unwrap().dims
    }

    #[test]
    fn follows_the_aspect_of_the_grid() {
        assert_eq!(chosen(4, [100, 100]), [2, 2]);
        assert_eq!(chosen(4, [1000, 10]), [4, 1]);
        assert_eq!(chosen(4, [10, 1000]), [1, 4]);
        assert_eq!(chosen(8, [64, 64, 64]), [2, 2, 2]);
        assert_eq!(chosen(27, [90, 90, 90]), [3, 3, 3]);
        assert_eq!(chosen(6, [300, 200]), [3, 2]);
        assert_eq!(chosen(7, [9]), [7]);
    }

    #[test]
    fn ties_cut_the_earlier_axis() {
        assert_eq!(chosen(2, [50, 50]), [2, 1]);
        assert_eq!(chosen(6, [60, 60]), [3, 2]);
    }

    #[test]
    fn a_periodic_axis_counts_both_faces() {
        let closed = ProcessGrid::choose(2, [10, 12], [false, false]).unwrap();
        let wrapped = ProcessGrid::choose(2, [10, 12], [false, true]).unwrap();
        assert_eq!(closed.dims, [1, 2]);
        assert_eq!(wrapped.dims, [2, 1]);
    }

    #[test]
    fn no_rank_is_left_without_a_cell() {
        assert_eq!(chosen(12, [3, 100]), [1, 12]);
        assert_eq!(chosen(6, [3, 2]), [3, 2]);
        assert_eq!(
            ProcessGrid::choose(7, [5, 5], [false; 2]),
            Err(Error::NoProcessGrid {
                ranks: 7,
                extent: vec![5, 5]
            })
        );
        assert_eq!(
            ProcessGrid::choose(5, [4], [false]),
            Err(Error::TooManyRanks {
                axis: 0,
                ranks: 5,
                extent: 4
            })
        );
        assert_eq!(
            ProcessGrid::choose(1, [4, 0], [false; 2]),
            Err(Error::EmptyExtent { axis: 1 })
        );
    }

    #[test]
    fn ranks_run_row_major() {
        let process_grid = ProcessGrid::new([2, 3, 2], 12).unwrap();
        assert_eq!(process_grid.coordinates(7), [1, 0, 1]);
        for rank in 0..12 {
            assert_eq!(process_grid.rank(process_grid.coordinates(rank)), rank);
        }
    }

    #[test]
    fn a_wrong_product_is_refused() {
        assert!(ProcessGrid::new([usize::MAX, 2], 4).is_err());
        assert_eq!(
            ProcessGrid::new([3, 2], 4),
            Err(Error::ProcessGridSize {
                grid: vec![3, 2],
                ranks: 4
            })
        );
    }
}
