//! What generated loops do with numbers, and how a kernel's passive values meet them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::{Lanes, Scalar, Vectors, Weigh};

/// Numbers with `+ - * /`, which is all that generated loops do with active values.
///
/// ```
/// use halo::prime::Prime;
/// use halo::scalar::Arithmetic;
/// fn average<S: Arithmetic>(a: S, b: S) -> S {
///     (a + b) / S::integer(2)
/// }
/// assert_eq!(average(1.0, 4.0), 2.5);
/// assert_eq!(average(Prime::from(1.0), Prime::from(4.0)), Prime::from(2.5));
/// ```
pub trait Arithmetic:
    Weigh
    + Lanes
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;
    /// Whether the processor has vector instructions for these numbers.
    const VECTORISES: bool = true;
    /// An integer as such a number, rounded where the type is too narrow to hold it.
    fn integer(value: i64) -> Self;
}

/// Numbers that passive values of type `C` multiply and divide: a complex number takes complex and real factors, and a
/// real factor costs two multiplications, as in the kernel's own function.
///
/// ```
/// use halo::Complex;
/// use halo::scalar::Scale;
/// fn thrice<S: Scale<f64>>(x: S) -> S {
///     x.scale(3.0)
/// }
/// assert_eq!(thrice(Complex::new(1.0, -2.0)), Complex::new(3.0, -6.0));
/// assert_eq!(Complex::new(1.0, -2.0).scale(Complex::I), Complex::new(2.0, 1.0));
/// ```
pub trait Scale<C>: Arithmetic {
    /// `factor * self`.
    fn scale(self, factor: C) -> Self;
    /// `self / divisor`.
    fn divide(self, divisor: C) -> Self;
}

/// The exact image of a `T` among these numbers: itself for `T`, and the residue of its value for
/// [`Prime`](crate::prime::Prime).
///
/// ```
/// use halo::prime::Prime;
/// use halo::scalar::Lift;
/// fn double<S: Lift<f64>>(x: S) -> S {
///     S::lift(2.0) * x
/// }
/// assert_eq!(double(0.5), 1.0);
/// assert_eq!(double(Prime::from(0.5)), Prime::ONE);
/// ```
pub trait Lift<T: Scalar>: Scale<T> + Scale<<T as Scalar>::Real> {
    /// Passive values, one for each of these numbers.
    type Passive: Arithmetic<Number = T>;
    /// One passive value for all of these numbers.
    fn passive(value: T) -> Self::Passive;
    /// The image of `value`. A float that is not finite has no image in [`Prime`](crate::prime::Prime) and gives 0.
    fn lift(value: T) -> Self;
    /// The image of each value.
    fn lift_each(values: Self::Passive) -> Self;
    /// The conjugate of each value.
    fn conj_each(values: Self::Passive) -> Self::Passive;
    /// [`Scale::scale`] by a factor for each of these numbers.
    fn scale_each(self, factors: Self::Passive) -> Self;
    /// [`Scale::divide`] by a divisor for each of these numbers.
    fn divide_each(self, divisors: Self::Passive) -> Self;
}

/// Images of a `T` that fields store, and vectors of them.
pub trait Stored<T: Scalar>: Lift<T, Number = Self> {
    /// The numbers in the vectors of an instruction set; by themselves, where it has none for them.
    type In<V: Vectors>: Lift<T, Number = Self>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prime::Prime;

    fn cubic<S: Lift<f64>>(x: S) -> S {
        S::lift(0.25) * x * x * x - x / S::integer(8) + S::ONE
    }

    #[test]
    fn one_generic_formula_agrees_in_both_worlds() {
        for x in [-1.5, 0.0, 0.125, 3.0] {
            assert_eq!(Prime::lift(cubic(x)), cubic(Prime::lift(x)));
        }
    }
}
