//! The numbers that kernels are written in: `f32`, `f64`, and complex numbers of either.

use std::fmt::Display;
use std::iter::Sum;
use std::ops::{AddAssign, Div, DivAssign, Mul, MulAssign, SubAssign};

use super::{Exact, Stored};

/// `f32`, `f64`, `Complex<f32>` or `Complex<f64>`: what a kernel over `T: Scalar` can be used with.
///
/// Beside `+ - * /` among themselves, scalars are multiplied and divided by numbers of their [`Real`](Scalar::Real) type.
///
/// ```
/// use halo::Complex;
/// use halo::scalar::{RealScalar, Scalar};
/// fn relative_error<T: Scalar>(found: T, exact: T) -> f64 {
///     ((found - exact) / exact).abs().to_f64()
/// }
/// assert!(relative_error(f32::from_f64(0.1), 0.1) == 0.0);
/// assert!(relative_error(Complex::new(0.0, 1.0), Complex::new(0.0, 2.0)) == 0.5);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no scalar of kernels",
    label = "f32, f64, Complex<f32> or Complex<f64> is expected here"
)]
pub trait Scalar:
    Stored<Self>
    + Mul<<Self as Scalar>::Real, Output = Self>
    + Div<<Self as Scalar>::Real, Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Display
{
    /// The type's name in Rust, for messages.
    const NAME: &'static str;
    /// Whether the numbers have an imaginary part.
    const COMPLEX: bool;
    /// The type of real and imaginary part; the type itself where it is real.
    type Real: RealScalar + Mul<Self, Output = Self>;
    /// The field in which the adjoint of a kernel over this scalar is tested exactly.
    type Exact: Exact + Stored<Self>;

    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// The same number, as real as it is.
    fn from_real(value: Self::Real) -> Self;
    /// The number of these parts; of a real type, the real part alone.
    fn from_parts(re: Self::Real, im: Self::Real) -> Self;
    /// The real part.
    fn re(self) -> Self::Real;
    /// The imaginary part; 0 of a real number.
    fn im(self) -> Self::Real;
    /// The complex conjugate; a real number is its own.
    fn conj(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self::Real;
    /// The square root; of a real number below zero, NaN.
    fn sqrt(self) -> Self;
    /// e to the power of this number.
    fn exp(self) -> Self;
    /// This number to a whole power.
    fn powi(self, exponent: i32) -> Self;
    /// Random bits as a number whose parts are uniform in [-1, 1) and exact: the leading bits are their numerators.
    fn from_hash(bits: [u64; 2]) -> Self;
    /// Real and imaginary parts one after the other; numbers that are real as they are.
    fn parts(row: &[Self]) -> &[Self::Real] {
        bytemuck::cast_slice(row)
    }
}

/// The scalars that are ordered, `f32` and `f64`.
pub trait RealScalar: Scalar<Real = Self> + PartialOrd {
    /// The same number as an `f64`, exactly.
    fn to_f64(self) -> f64;
}

/// The complex conjugate of any scalar, for generated code.
#[inline(always)]
pub fn conj<C: Scalar>(value: C) -> C {
    value.conj()
}
