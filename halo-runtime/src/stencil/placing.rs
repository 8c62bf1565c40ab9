//! Where on the array a stencil is put: which of its axes it acts on, and what lies beyond their ends.

use crate::{
    error::{Error, Result},
    grid::Boundary,
    stencil::{contract::Tap, row::MAX_AXES},
};

/// The array axes of a stencil, and the boundary kind of each end of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placing<const D: usize> {
    /// The array axis of each stencil axis.
    pub axes: [usize; MAX_AXES],
    /// Number of stencil axes.
    pub count: usize,
    /// Boundary kinds of inputs per array axis.
    pub boundaries: [[Boundary; 2]; D],
    /// The boundary kind of coefficient fields.
    pub coefficients: Boundary,
}

impl<const D: usize> Placing<D> {
    /// # Errors
    /// Axes that the grid lacks, named twice, or of another number than the stencil's.
    pub(crate) fn new(
        axes: &[usize],
        count: usize,
        boundaries: [[Boundary; 2]; D],
        coefficients: Boundary,
    ) -> Result<Self> {
        if axes.len() != count {
            return Err(Error::AxisCount {
                expected: count,
                found: axes.len(),
            });
        }
        for (k, &axis) in axes.iter().enumerate() {
            if axis >= D {
                return Err(Error::AxisOutOfRange { axis, axes: D });
            }
            if axes[..k].contains(&axis) {
                return Err(Error::DuplicateAxis { axis });
            }
        }
        let mut placed = [0; MAX_AXES];
        placed[..count].copy_from_slice(axes);
        Ok(Placing {
            axes: placed,
            count,
            boundaries,
            coefficients,
        })
    }

    pub(crate) fn axes(&self) -> &[usize] {
        &self.axes[..self.count]
    }

    /// An offset along the array's axes.
    pub(crate) fn offset(&self, offset: &[isize]) -> [isize; D] {
        let mut along = [0; D];
        for (axis, o) in self.axes().iter().zip(offset) {
            along[*axis] = *o;
        }
        along
    }

    /// Field number and offset of every tap.
    pub(crate) fn taps(&self, taps: &[Tap]) -> Vec<(usize, [isize; D])> {
        taps.iter()
            .map(|tap| (tap.field, self.offset(tap.offset)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_checked() {
        let none = [[Boundary::Zero; 2]; 2];
        assert_eq!(
            Placing::<2>::new(&[2], 1, none, Boundary::Clamp),
            Err(Error::AxisOutOfRange { axis: 2, axes: 2 })
        );
        assert_eq!(
            Placing::<2>::new(&[1, 1], 2, none, Boundary::Clamp),
            Err(Error::DuplicateAxis { axis: 1 })
        );
        assert_eq!(
            Placing::<2>::new(&[1], 2, none, Boundary::Clamp),
            Err(Error::AxisCount {
                expected: 2,
                found: 1
            })
        );
    }
}
