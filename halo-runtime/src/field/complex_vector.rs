//! Spaces over the complex numbers: vectors that a complex factor can scale.
//!
//! Apart from [`Vector`], so that a complex multiple of an operator between real spaces does not compile.

use num_complex::Complex;

use super::{Field, Vector};
use crate::grid::Location;
use crate::scalar::RealScalar;
use crate::scalar::Scalar;

/// A vector all of whose components are complex.
///
/// ```
/// use halo::{Comm, Complex, Grid, field::ComplexVector};
///
/// let mut x = Grid::new(&Comm::solo(), [2])?.field(|[i]| Complex::new(i as f64, 1.0));
/// x.scale_complex(Complex::I);
/// assert_eq!(x.get([1]), Some(Complex::new(-1.0, 1.0)));
/// # Ok::<(), halo::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a complex factor needs complex vectors, and `{Self}` has real components",
    label = "real components"
)]
pub trait ComplexVector: Vector {
    /// `self *= factor`; the factor is rounded once to the vector's own scalar.
    fn scale_complex(&mut self, factor: Complex<f64>);
}

impl<R, const D: usize, L: Location> ComplexVector for Field<Complex<R>, D, L>
where
    R: RealScalar,
    Complex<R>: Scalar<Real = R>,
{
    fn scale_complex(&mut self, factor: Complex<f64>) {
        let factor = Complex::new(R::from_f64(factor.re), R::from_f64(factor.im));
        Field::scale(self, factor);
    }
}

macro_rules! product_space {
    ($($field:ident: $place:tt),+) => {
        impl<$($field: ComplexVector),+> ComplexVector for ($($field,)+) {
            fn scale_complex(&mut self, factor: Complex<f64>) {
                $(self.$place.scale_complex(factor);)+
            }
        }
    };
}

product_space!(A: 0, B: 1);
product_space!(A: 0, B: 1, C: 2);
product_space!(A: 0, B: 1, C: 2, E: 3);
product_space!(A: 0, B: 1, C: 2, E: 3, F: 4);
product_space!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5);
product_space!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5, H: 6);
product_space!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5, H: 6, I: 7);
