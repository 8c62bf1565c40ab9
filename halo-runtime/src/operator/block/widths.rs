//! How wide a halo is: one number, one for each axis, or one for each side.

/// Widths `[low, high]` per axis, from any of the forms in which they are given.
///
/// ```
/// use halo::operator::HaloWidths;
/// assert_eq!(HaloWidths::<2>::from(1).sides, [[1, 1], [1, 1]]);
/// assert_eq!(HaloWidths::from([2, 0]).sides, [[2, 2], [0, 0]]);
/// assert_eq!(HaloWidths::from([[1, 2], [0, 0]]).sides, [[1, 2], [0, 0]]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HaloWidths<const D: usize> {
    /// `[low, high]` per axis.
    pub sides: [[usize; 2]; D],
}

impl<const D: usize> From<usize> for HaloWidths<D> {
    fn from(width: usize) -> Self {
        HaloWidths {
            sides: [[width; 2]; D],
        }
    }
}

impl<const D: usize> From<[usize; D]> for HaloWidths<D> {
    fn from(widths: [usize; D]) -> Self {
        HaloWidths {
            sides: widths.map(|width| [width; 2]),
        }
    }
}

impl<const D: usize> From<[[usize; 2]; D]> for HaloWidths<D> {
    fn from(sides: [[usize; 2]; D]) -> Self {
        HaloWidths { sides }
    }
}
