//! The blocks that PyLops-MPI cuts: as large as the largest share, the last ones what is left.

use halo::{Comm, Error, Grid, Result};

/// Sizes of the blocks along an axis; none is negative, but the last may be empty.
pub fn sizes(extent: usize, ranks: usize) -> Vec<usize> {
    let size = extent.div_ceil(ranks.max(1));
    let cut = |block: usize| (block * size).min(extent);
    (0..ranks)
        .map(|block| cut(block + 1) - cut(block))
        .collect()
}

/// The grid of such blocks.
pub fn grid<const D: usize>(comm: &Comm, dims: &[usize], ranks: &[usize]) -> Result<Grid<D>> {
    if dims.len() != D || ranks.len() != D {
        return Err(Error::Invalid(format!(
            "{dims:?} points on {ranks:?} ranks are no grid of {D} axes"
        )));
    }
    let sizes: [Vec<usize>; D] = std::array::from_fn(|axis| sizes(dims[axis], ranks[axis]));
    Grid::with_blocks(comm, sizes.each_ref().map(Vec::as_slice))
}
