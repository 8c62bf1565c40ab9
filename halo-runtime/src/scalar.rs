//! What a grid point may hold, and what a kernel may do with it.
//!
//! Four traits from weak to strong: a field stores [`Element`]s, generated loops need [`Arithmetic`], [`Lift`] carries
//! a kernel's constants into the numbers it runs on, and a [`Scalar`] is what users write kernels in. The generated
//! code is generic over the last step, so the loops that run on floats also run on [`Prime`].

use std::fmt::{Debug, Display};
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::prime::Prime;

/// A plain value that a field can hold and a message can carry: its bytes are its value.
///
/// Implemented for every type that qualifies: floats, integers, [`Prime`], and arrays of them.
pub trait Element: Copy + PartialEq + Debug + Send + Sync + bytemuck::Pod {}

impl<T: Copy + PartialEq + Debug + Send + Sync + bytemuck::Pod> Element for T {}

/// Values of which whole multiples can be added up, as ghosts beyond the ends of a grid are: numbers and tables of them.
pub trait Weigh: Element {
    /// `weight` times this value.
    fn times(self, weight: i64) -> Self;
    /// The sum of two values.
    fn plus(self, other: Self) -> Self;
}

impl<T: Arithmetic> Weigh for T {
    #[inline]
    fn times(self, weight: i64) -> Self {
        T::integer(weight) * self
    }
    #[inline]
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

impl<T: Weigh, const K: usize> Weigh for [T; K] {
    fn times(self, weight: i64) -> Self {
        self.map(|value| value.times(weight))
    }
    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|k| self[k].plus(other[k]))
    }
}

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
    Element
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

/// The exact image of a `T` among these numbers: itself for `T`, and the residue of its value for [`Prime`].
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
pub trait Lift<T>: Arithmetic {
    /// The image of `value`. A float that is not finite has no image in [`Prime`] and gives 0.
    fn lift(value: T) -> Self;
}

/// The floats that kernels are written in, `f32` and `f64`.
///
/// ```
/// use halo::scalar::Scalar;
/// fn relative_error<T: Scalar>(found: T, exact: T) -> f64 {
///     ((found - exact) / exact).to_f64().abs()
/// }
/// assert!(relative_error(f32::from_f64(0.1), 0.1) == 0.0);
/// ```
pub trait Scalar: Arithmetic + Lift<Self> + PartialOrd + Display {
    /// The type's name in Rust, for messages.
    const NAME: &'static str;
    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// The same number as an `f64`, exactly.
    fn to_f64(self) -> f64;
    /// Sixty-four random bits as a number, uniform in [-1, 1) and exact: the leading bits are its numerator.
    fn from_hash(bits: u64) -> Self;
    /// The exact image in the prime field; 0 for what is not finite.
    fn lift_prime(self) -> Prime;
}

macro_rules! float {
    ($float:ident, $digits:literal) => {
        impl Arithmetic for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn integer(value: i64) -> Self {
                value as $float
            }
        }

        impl Lift<$float> for $float {
            #[inline(always)]
            fn lift(value: $float) -> Self {
                value
            }
        }

        impl Scalar for $float {
            const NAME: &'static str = stringify!($float);
            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn from_hash(bits: u64) -> Self {
                let half = 1i64 << ($digits - 1);
                ((bits >> (64 - $digits)) as i64 - half) as $float / half as $float
            }
            #[inline]
            fn lift_prime(self) -> Prime {
                Prime::from(self)
            }
        }

        impl Lift<$float> for Prime {
            #[inline]
            fn lift(value: $float) -> Self {
                Prime::from(value)
            }
        }
    };
}

float!(f32, 24);
float!(f64, 53);

impl Arithmetic for Prime {
    const ZERO: Self = Prime::ZERO;
    const ONE: Self = Prime::ONE;
    // Its products are 128 bits wide.
    const VECTORISES: bool = false;
    #[inline]
    fn integer(value: i64) -> Self {
        Prime::from(value)
    }
}

impl Lift<Prime> for Prime {
    #[inline(always)]
    fn lift(value: Prime) -> Self {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans_the_unit_interval<T: Scalar>(step: f64) {
        assert_eq!(T::from_hash(0).to_f64(), -1.0);
        assert_eq!(T::from_hash(1 << 63).to_f64(), 0.0);
        assert_eq!(T::from_hash(u64::MAX).to_f64(), 1.0 - step);
    }

    #[test]
    fn hashes_span_the_unit_interval() {
        spans_the_unit_interval::<f32>(2f64.powi(-23));
        spans_the_unit_interval::<f64>(2f64.powi(-52));
    }

    fn cubic<S: Lift<f64>>(x: S) -> S {
        S::lift(0.25) * x * x * x - x / S::integer(8) + S::ONE
    }

    #[test]
    fn one_generic_formula_agrees_in_both_worlds() {
        for x in [-1.5, 0.0, 0.125, 3.0] {
            assert_eq!(cubic(x).lift_prime(), cubic(Prime::lift(x)));
        }
    }

    #[test]
    fn elements_include_integers_and_tables() {
        fn bytes<T: Element>(_: T) -> usize {
            size_of::<T>()
        }
        assert_eq!(
            bytes(1i16) + bytes([0.0f64; 6]) + bytes(Prime::ONE),
            2 + 48 + 8
        );
    }
}
