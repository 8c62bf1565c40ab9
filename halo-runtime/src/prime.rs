//! The prime field of order 2^61 - 1, in which the adjoint identity can be tested with `==`.
//!
//! Rounding makes `<Ax, y> == <x, Aᵀy>` fail in floating point even for a perfect adjoint. Here every operation is
//! exact, and every finite float has an image (a float is an integer times a power of two), so the very same generated
//! loops decide the question without a tolerance. Relies on nothing else in the crate.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// A residue modulo 2^61 - 1.
///
/// Every operation is total: the inverse of 0 is taken to be 0, so a division by zero gives 0.
///
/// ```
/// use halo::prime::Prime;
/// let third = Prime::from(1) / Prime::from(3);
/// assert_eq!(third + third + third, Prime::ONE);
/// assert_eq!(Prime::from(0.375) * Prime::from(8), Prime::from(3));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Prime(u64);

// SAFETY: `Zeroable` asks that the all-zero bit pattern is a valid value: a `u64` of zero is, and it is the residue 0.
#[allow(unsafe_code)]
unsafe impl bytemuck::Zeroable for Prime {}

// SAFETY: `Pod` asks for a type without padding, without interior mutability and valid for every bit pattern; a
// `repr(transparent)` wrapper of `u64` is all of that. (A pattern of `MODULUS` or more is no residue, and arithmetic on
// it gives a meaningless number, but never undefined behaviour.)
#[allow(unsafe_code)]
unsafe impl bytemuck::Pod for Prime {}

impl Prime {
    /// The order of the field, 2^61 - 1, a Mersenne prime.
    pub const MODULUS: u64 = (1 << 61) - 1;
    /// The residue 0.
    pub const ZERO: Prime = Prime(0);
    /// The residue 1.
    pub const ONE: Prime = Prime(1);

    /// The residue of any unsigned number.
    ///
    /// ```
    /// # use halo::prime::Prime;
    /// assert_eq!(Prime::new(Prime::MODULUS + 5), Prime::new(5));
    /// ```
    pub const fn new(value: u64) -> Prime {
        Prime::fold((value & Self::MODULUS) + (value >> 61))
    }

    /// The representative between 0 and [`Prime::MODULUS`] - 1.
    pub const fn residue(self) -> u64 {
        self.0
    }

    /// The residue raised to a power; `x.power(0)` is 1, for `x` = 0 too.
    pub fn power(self, mut exponent: u64) -> Prime {
        let (mut result, mut square) = (Prime::ONE, self);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result *= square;
            }
            square *= square;
            exponent >>= 1;
        }
        result
    }

    /// The multiplicative inverse, and 0 for 0. Costs about 120 multiplications.
    ///
    /// ```
    /// # use halo::prime::Prime;
    /// assert_eq!(Prime::from(-7).inverse() * Prime::from(-7), Prime::ONE);
    /// assert_eq!(Prime::ZERO.inverse(), Prime::ZERO);
    /// ```
    pub fn inverse(self) -> Prime {
        // Fermat: x^(p-1) = 1 for every x but 0.
        self.power(Self::MODULUS - 2)
    }

    /// Brings a sum of two residues back below the modulus.
    #[inline(always)]
    const fn fold(sum: u64) -> Prime {
        Prime(if sum >= Self::MODULUS {
            sum - Self::MODULUS
        } else {
            sum
        })
    }
}

impl From<i64> for Prime {
    #[inline]
    fn from(value: i64) -> Prime {
        let magnitude = Prime::new(value.unsigned_abs());
        if value < 0 { -magnitude } else { magnitude }
    }
}

/// The exact image of a float, which is an integer times a power of two. Infinities and NaN, which have no image, give 0.
impl From<f64> for Prime {
    fn from(value: f64) -> Prime {
        if !value.is_finite() {
            return Prime::ZERO;
        }
        let bits = value.to_bits();
        let (biased, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
        // A subnormal has no hidden bit and the exponent of the smallest normal number.
        let (mantissa, exponent) = match biased {
            0 => (fraction, -1074),
            _ => (fraction | 1 << 52, biased as i64 - 1075),
        };
        // 2^61 = 1 in this field, so only the exponent modulo 61 matters, negative ones included.
        let magnitude = Prime::new(mantissa) * Prime(1 << exponent.rem_euclid(61));
        if value.is_sign_negative() {
            -magnitude
        } else {
            magnitude
        }
    }
}

/// The exact image of a float, as for `f64`.
impl From<f32> for Prime {
    fn from(value: f32) -> Prime {
        Prime::from(f64::from(value))
    }
}

impl Add for Prime {
    type Output = Prime;
    #[inline(always)]
    fn add(self, other: Prime) -> Prime {
        Prime::fold(self.0.wrapping_add(other.0))
    }
}

impl Sub for Prime {
    type Output = Prime;
    #[inline(always)]
    fn sub(self, other: Prime) -> Prime {
        self + -other
    }
}

impl Neg for Prime {
    type Output = Prime;
    #[inline(always)]
    fn neg(self) -> Prime {
        Prime::fold(Self::MODULUS.wrapping_sub(self.0))
    }
}

impl Mul for Prime {
    type Output = Prime;
    #[inline(always)]
    fn mul(self, other: Prime) -> Prime {
        // a * 2^61 + b = a + b modulo 2^61 - 1.
        let product = u128::from(self.0) * u128::from(other.0);
        Prime::fold((product as u64 & Self::MODULUS).wrapping_add((product >> 61) as u64))
    }
}

impl Div for Prime {
    type Output = Prime;
    #[expect(
        clippy::suspicious_arithmetic_impl,
        reason = "a quotient is a product with the inverse"
    )]
    #[inline]
    fn div(self, other: Prime) -> Prime {
        self * other.inverse()
    }
}

impl AddAssign for Prime {
    #[inline(always)]
    fn add_assign(&mut self, other: Prime) {
        *self = *self + other;
    }
}

impl SubAssign for Prime {
    #[inline(always)]
    fn sub_assign(&mut self, other: Prime) {
        *self = *self - other;
    }
}

impl MulAssign for Prime {
    #[inline(always)]
    fn mul_assign(&mut self, other: Prime) {
        *self = *self * other;
    }
}

impl DivAssign for Prime {
    #[inline]
    fn div_assign(&mut self, other: Prime) {
        *self = *self / other;
    }
}

impl Sum for Prime {
    fn sum<I: Iterator<Item = Prime>>(numbers: I) -> Prime {
        numbers.fold(Prime::ZERO, Add::add)
    }
}

/// Shows the representative nearest to 0, so that small integers of either sign read as themselves.
impl fmt::Display for Prime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 > Self::MODULUS / 2 {
            write!(out, "-{}", Self::MODULUS - self.0)
        } else {
            write!(out, "{}", self.0)
        }
    }
}

impl fmt::Debug for Prime {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Prime({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const P: u128 = Prime::MODULUS as u128;

    fn residue() -> impl Strategy<Value = u64> {
        prop_oneof![
            0..Prime::MODULUS,
            0..4u64,
            Prime::MODULUS - 4..Prime::MODULUS
        ]
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_wide_integers(a in residue(), b in residue()) {
            let (x, y) = (Prime::new(a), Prime::new(b));
            let (a, b) = (u128::from(a), u128::from(b));
            prop_assert_eq!(u128::from((x + y).residue()), (a + b) % P);
            prop_assert_eq!(u128::from((x - y).residue()), (a + P - b) % P);
            prop_assert_eq!(u128::from((x * y).residue()), a * b % P);
            prop_assert_eq!(u128::from((-x).residue()), (P - a) % P);
            let back = if y == Prime::ZERO { Prime::ZERO } else { x };
            prop_assert_eq!(x / y * y, back);
        }

        #[test]
        fn any_u64_is_reduced(value: u64) {
            prop_assert_eq!(u128::from(Prime::new(value).residue()), u128::from(value) % P);
        }

        #[test]
        fn integers_and_floats_meet(value in -(1i64 << 53)..=1i64 << 53) {
            prop_assert_eq!(Prime::from(value), Prime::from(value as f64));
        }

        #[test]
        fn floats_lift_exactly(bits: u64, shift in 0..60i32) {
            let value = f64::from_bits(bits);
            // A power of two is exact in both worlds as long as the float neither overflows nor loses bits.
            let scaled = value * 2f64.powi(shift);
            if value.is_normal() && scaled.is_finite() {
                prop_assert_eq!(Prime::from(scaled), Prime::from(value) * Prime::from(1i64 << shift));
            }
        }

        #[test]
        fn exact_float_sums_and_products_lift_to_their_images(a in -(1i64 << 26)..1i64 << 26, b in -(1i64 << 26)..1i64 << 26) {
            let (x, y) = (a as f64 / 1024.0, b as f64 / 4096.0);
            prop_assert_eq!(Prime::from(x + y), Prime::from(x) + Prime::from(y));
            prop_assert_eq!(Prime::from(x * y), Prime::from(x) * Prime::from(y));
        }
    }

    #[test]
    fn extreme_floats_lift() {
        let two = Prime::from(2);
        assert_eq!(Prime::from(f64::MIN_POSITIVE) * two.power(1022), Prime::ONE);
        assert_eq!(Prime::from(f64::from_bits(1)) * two.power(1074), Prime::ONE);
        assert_eq!(
            Prime::from(f64::MAX),
            (two.power(53) - Prime::ONE) * two.power(971)
        );
        assert_eq!(Prime::from(-0.0), Prime::ZERO);
        assert_eq!(Prime::from(1.5f32) * two, Prime::from(3));
        for lost in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Prime::from(lost), Prime::ZERO);
        }
    }

    #[test]
    fn extreme_integers_lift() {
        assert_eq!(Prime::from(i64::MIN), -Prime::from(2).power(63));
        assert_eq!(Prime::from(i64::MAX), Prime::from(2).power(63) - Prime::ONE);
    }

    #[test]
    fn small_integers_print_as_themselves() {
        assert_eq!(
            format!(
                "{} {} {:?}",
                Prime::from(12),
                Prime::from(-3),
                Prime::from(-1)
            ),
            "12 -3 Prime(-1)"
        );
    }
}
