//! Vectors that can be thresholded: number by number, or point by point with all components of a tuple together.

use ndarray::{IntoDimension, Zip};

use super::Threshold;
use crate::error::Result;
use crate::field::{ExactSum, Field, Replicated, Several, Vector};
use crate::grid::Location;
use crate::scalar::{RealScalar, Scalar};

/// A vector each of whose numbers can be shrunk by its modulus: fields and replicated arrays, real and
/// complex, tuples and lists of such.
///
/// ```
/// use halo::{Comm, Complex, Grid, solver::{Shrink, Threshold}};
///
/// let grid = Grid::new(&Comm::solo(), [2])?;
/// let mut x = grid.field(|[i]| if i == 0 { Complex::new(3.0, 4.0) } else { Complex::new(0.1, 0.2) });
/// x.shrink(Threshold::Soft, 5.0);
/// assert_eq!((x.get([0]), x.get([1])), (Some(Complex::new(1.5, 2.0)), Some(Complex::new(0.0, 0.0))));
/// # Ok::<(), halo::Error>(())
/// ```
pub trait Shrink: Vector {
    /// Shrinks every number.
    fn shrink(&mut self, threshold: Threshold, weight: f64);

    /// Adds the penalties of this rank's numbers to an exact sum.
    fn add_penalty(&self, threshold: Threshold, total: &mut ExactSum);
}

/// A vector with several numbers at each point, such as a gradient, that can be shrunk by their common modulus: tuples of fields
/// of one type and location, and a field by itself.
///
/// ```
/// use halo::{Comm, Grid, solver::{ShrinkJointly, Threshold}};
///
/// let grid = Grid::new(&Comm::solo(), [1])?;
/// let mut gradient = (grid.field(|_| 3.0), grid.field(|_| -4.0));
/// gradient.shrink_jointly(Threshold::Soft, 5.0)?;
/// assert_eq!((gradient.0.get([0]), gradient.1.get([0])), (Some(1.5), Some(-2.0)));
/// # Ok::<(), halo::Error>(())
/// ```
pub trait ShrinkJointly: Vector {
    /// Shrinks the numbers at every point together.
    ///
    /// # Errors
    /// [`Error::GridMismatch`](crate::Error::GridMismatch) where the fields of a tuple live on different grids.
    fn shrink_jointly(&mut self, threshold: Threshold, weight: f64) -> Result;

    /// Adds the penalties of this rank's points to an exact sum.
    ///
    /// # Errors
    /// As for [`shrink_jointly`](ShrinkJointly::shrink_jointly).
    fn add_joint_penalty(&self, threshold: Threshold, total: &mut ExactSum) -> Result;
}

/// The factor that a modulus is shrunk by.
fn factor(threshold: Threshold, modulus: f64, weight: f64) -> f64 {
    let shrunk = threshold.shrunk(modulus, weight);
    if shrunk == 0.0 { 0.0 } else { shrunk / modulus }
}

impl<T: Scalar, const D: usize, L: Location> Shrink for Field<T, D, L> {
    fn shrink(&mut self, threshold: Threshold, weight: f64) {
        let rows = self.rows_mut();
        rows.for_each(|(_, cells)| shrink(cells, threshold, weight));
    }

    fn add_penalty(&self, threshold: Threshold, total: &mut ExactSum) {
        let rows = self.rows();
        rows.for_each(|(_, cells)| add_penalty(cells, threshold, total));
    }
}

fn shrink<T: Scalar>(cells: &mut [T], threshold: Threshold, weight: f64) {
    for cell in cells {
        let factor = factor(threshold, cell.abs().to_f64(), weight);
        *cell = *cell * T::Real::from_f64(factor);
    }
}

fn add_penalty<T: Scalar>(cells: &[T], threshold: Threshold, total: &mut ExactSum) {
    let penalties = cells
        .iter()
        .map(|cell| threshold.penalty(cell.abs().to_f64()));
    total.add_products(penalties.map(|penalty| (penalty, 1.0)));
}

/// Its numbers count once, however many ranks hold them.
impl<T: Scalar, const D: usize> Shrink for Replicated<T, D> {
    fn shrink(&mut self, threshold: Threshold, weight: f64) {
        shrink(self.cells_mut(), threshold, weight);
    }

    fn add_penalty(&self, threshold: Threshold, total: &mut ExactSum) {
        if self.comm().rank() == 0 {
            add_penalty(self.cells(), threshold, total);
        }
    }
}

impl<V: Shrink> Shrink for Several<V> {
    fn shrink(&mut self, threshold: Threshold, weight: f64) {
        let vectors = self.iter_mut();
        vectors.for_each(|vector| vector.shrink(threshold, weight));
    }

    fn add_penalty(&self, threshold: Threshold, total: &mut ExactSum) {
        let vectors = self.iter();
        vectors.for_each(|vector| vector.add_penalty(threshold, total));
    }
}

impl<T: Scalar, const D: usize, L: Location> ShrinkJointly for Field<T, D, L> {
    fn shrink_jointly(&mut self, threshold: Threshold, weight: f64) -> Result {
        self.shrink(threshold, weight);
        Ok(())
    }

    fn add_joint_penalty(&self, threshold: Threshold, total: &mut ExactSum) -> Result {
        self.add_penalty(threshold, total);
        Ok(())
    }
}

macro_rules! product_space {
    ($($vector:ident $place:tt),+) => {
        impl<$($vector: Shrink),+> Shrink for ($($vector,)+) {
            fn shrink(&mut self, threshold: Threshold, weight: f64) {
                $(self.$place.shrink(threshold, weight);)+
            }

            fn add_penalty(&self, threshold: Threshold, total: &mut ExactSum) {
                $(self.$place.add_penalty(threshold, total);)+
            }
        }
    };
}

product_space!(A 0, B 1);
product_space!(A 0, B 1, C 2);
product_space!(A 0, B 1, C 2, E 3);
product_space!(A 0, B 1, C 2, E 3, F 4);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5, H 6);
product_space!(A 0, B 1, C 2, E 3, F 4, G 5, H 6, I 7);

/// The root of the sum of squares, in the order of the components, without overflow.
fn joint<const N: usize>(moduli: [f64; N]) -> f64 {
    moduli.into_iter().fold(0.0, f64::hypot)
}

macro_rules! joint_space {
    ($vector:ty: $first:ident $zero:tt $(, $rest:ident $place:tt)+) => {
        impl<T: Scalar, const D: usize, L: Location> ShrinkJointly for $vector
        where
            [usize; D]: IntoDimension,
        {
            fn shrink_jointly(&mut self, threshold: Threshold, weight: f64) -> Result {
                $(self.$zero.grid().expect_same(self.$place.grid(), "a component")?;)+
                Zip::from(self.$zero.view_mut())$(.and(self.$place.view_mut()))+.for_each(
                    |$first, $($rest),+| {
                        let modulus = joint([$first.abs().to_f64() $(, $rest.abs().to_f64())+]);
                        let factor = T::Real::from_f64(factor(threshold, modulus, weight));
                        *$first = *$first * factor;
                        $(*$rest = *$rest * factor;)+
                    },
                );
                Ok(())
            }

            fn add_joint_penalty(&self, threshold: Threshold, total: &mut ExactSum) -> Result {
                $(self.$zero.grid().expect_same(self.$place.grid(), "a component")?;)+
                Zip::from(self.$zero.view())$(.and(self.$place.view()))+.for_each(
                    |$first, $($rest),+| {
                        let modulus = joint([$first.abs().to_f64() $(, $rest.abs().to_f64())+]);
                        total.add(threshold.penalty(modulus));
                    },
                );
                Ok(())
            }
        }
    };
}

joint_space!((Field<T, D, L>, Field<T, D, L>): a 0, b 1);
joint_space!((Field<T, D, L>, Field<T, D, L>, Field<T, D, L>): a 0, b 1, c 2);
joint_space!(
    (Field<T, D, L>, Field<T, D, L>, Field<T, D, L>, Field<T, D, L>): a 0, b 1, c 2, d 3
);
