//! The axes a ready-made operator is put on, checked before a kernel is chosen by their number.

use crate::{
    error::{Error, Result},
    grid::Grid,
};

/// Which of the axes wrap around: there every row is an interior row.
///
/// # Errors
/// No axis at all, one that the grid lacks, or one named twice.
pub(super) fn periodic<const D: usize>(
    grid: &Grid<D>,
    axes: &[usize],
    operator: &str,
) -> Result<Vec<bool>> {
    if axes.is_empty() {
        return Err(Error::Invalid(format!(
            "`{operator}` is given no axis to act on; name at least one"
        )));
    }
    for (k, &axis) in axes.iter().enumerate() {
        if axis >= D {
            return Err(Error::AxisOutOfRange { axis, axes: D });
        }
        if axes[..k].contains(&axis) {
            return Err(Error::DuplicateAxis { axis });
        }
    }
    Ok(axes.iter().map(|axis| grid.periodic()[*axis]).collect())
}
