//! The numbers in which adjoints are tested without rounding: the prime field for real kernels, and for complex ones its
//! extension by a root of -1.
//!
//! 2^61 - 1 leaves 3 modulo 4, so -1 has no root among the residues and every complex number of residues but 0 has an
//! inverse: `Complex<Prime>` is a field, with num-complex's arithmetic.

use std::ops::Rem;

use num_complex::Complex;
use num_traits::{ConstOne, ConstZero, Num, One, Zero};

use super::{Arithmetic, Lift, Scale, Stored, Vectors, Weigh, lanes::single};
use crate::prime::Prime;

/// Numbers without rounding, in which both sides of the adjoint identity can be compared with `==`.
pub trait Exact: Arithmetic {
    /// The conjugate.
    fn conj(self) -> Self;
    /// The number that random bits make.
    fn from_hash(bits: [u64; 2]) -> Self;
    /// The number for messages.
    fn text(self) -> String;
}

impl Exact for Prime {
    fn conj(self) -> Self {
        self
    }

    fn from_hash([bits, _]: [u64; 2]) -> Self {
        Prime::new(bits)
    }

    fn text(self) -> String {
        self.to_string()
    }
}

impl Exact for Complex<Prime> {
    fn conj(self) -> Self {
        Complex::conj(&self)
    }

    fn from_hash([re, im]: [u64; 2]) -> Self {
        Complex::new(Prime::new(re), Prime::new(im))
    }

    fn text(self) -> String {
        format!("{} + {}i", self.re, self.im)
    }
}

impl Weigh for Prime {
    #[inline]
    fn times(self, weight: i64) -> Self {
        Prime::from(weight) * self
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

single!([] Prime, false);

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

macro_rules! lift {
    ($float:ident) => {
        impl Scale<$float> for Prime {
            #[inline]
            fn scale(self, factor: $float) -> Self {
                Prime::from(factor) * self
            }
            #[inline]
            fn divide(self, divisor: $float) -> Self {
                self / Prime::from(divisor)
            }
        }

        impl Lift<$float> for Prime {
            type Passive = $float;
            #[inline]
            fn passive(value: $float) -> $float {
                value
            }
            #[inline]
            fn lift(value: $float) -> Self {
                Prime::from(value)
            }
            #[inline]
            fn lift_each(value: $float) -> Self {
                Prime::from(value)
            }
            #[inline]
            fn conj_each(values: $float) -> $float {
                values
            }
            #[inline]
            fn scale_each(self, factors: $float) -> Self {
                self.scale(factors)
            }
            #[inline]
            fn divide_each(self, divisors: $float) -> Self {
                self.divide(divisors)
            }
        }

        impl Stored<$float> for Prime {
            type In<V: Vectors> = Self;
        }

        impl Scale<$float> for Complex<Prime> {
            #[inline]
            fn scale(self, factor: $float) -> Self {
                self * Prime::from(factor)
            }
            #[inline]
            fn divide(self, divisor: $float) -> Self {
                self / Prime::from(divisor)
            }
        }

        impl Scale<Complex<$float>> for Complex<Prime> {
            #[inline]
            fn scale(self, factor: Complex<$float>) -> Self {
                Self::lift(factor) * self
            }
            #[inline]
            fn divide(self, divisor: Complex<$float>) -> Self {
                self / Self::lift(divisor)
            }
        }

        impl Lift<Complex<$float>> for Complex<Prime> {
            type Passive = Complex<$float>;
            #[inline]
            fn passive(value: Complex<$float>) -> Complex<$float> {
                value
            }
            #[inline]
            fn lift(value: Complex<$float>) -> Self {
                Complex::new(Prime::from(value.re), Prime::from(value.im))
            }
            #[inline]
            fn lift_each(value: Complex<$float>) -> Self {
                Self::lift(value)
            }
            #[inline]
            fn conj_each(values: Complex<$float>) -> Complex<$float> {
                Complex::conj(&values)
            }
            #[inline]
            fn scale_each(self, factors: Complex<$float>) -> Self {
                self.scale(factors)
            }
            #[inline]
            fn divide_each(self, divisors: Complex<$float>) -> Self {
                self.divide(divisors)
            }
        }

        impl Stored<Complex<$float>> for Complex<Prime> {
            type In<V: Vectors> = Self;
        }
    };
}

lift!(f32);
lift!(f64);

// What num-complex asks of the numbers it is made of.

impl Zero for Prime {
    fn zero() -> Self {
        Prime::ZERO
    }

    fn is_zero(&self) -> bool {
        *self == Prime::ZERO
    }
}

impl One for Prime {
    fn one() -> Self {
        Prime::ONE
    }
}

impl ConstZero for Prime {
    const ZERO: Self = Prime::ZERO;
}

impl ConstOne for Prime {
    const ONE: Self = Prime::ONE;
}

impl Rem for Prime {
    type Output = Prime;

    /// What a division leaves over: nothing, in a field.
    fn rem(self, _: Prime) -> Prime {
        Prime::ZERO
    }
}

impl Num for Prime {
    type FromStrRadixErr = <i64 as Num>::FromStrRadixErr;

    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        <i64 as Num>::from_str_radix(text, radix).map(Prime::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = Complex<Prime>> {
        any::<[u64; 2]>().prop_map(Exact::from_hash)
    }

    proptest! {
        #[test]
        fn complex_residues_are_a_field(a in number(), b in number(), c in number()) {
            prop_assert_eq!(a * (b + c), a * b + a * c);
            prop_assert_eq!((a * b) * c, a * (b * c));
            if b != Complex::ZERO {
                prop_assert_eq!(a / b * b, a);
            }
            prop_assert_eq!((a * b).conj(), a.conj() * b.conj());
        }

        #[test]
        fn images_of_sums_and_products_are_sums_and_products(
            [a, b, c, d] in proptest::array::uniform4(-1000i32..1000)
        ) {
            let number = |re, im| Complex::new(f64::from(re), f64::from(im));
            let (x, y) = (number(a, b), number(c, d));
            let lift = |value| <Complex<Prime> as Lift<Complex<f64>>>::lift(value);
            prop_assert_eq!(lift(x * y), lift(x) * lift(y));
            prop_assert_eq!(lift(x).scale(y), lift(x * y));
            prop_assert_eq!(lift(x).scale(y.re), lift(x * y.re));
            prop_assert_eq!(lift(x).divide(8.0), lift(x / 8.0));
        }
    }

    #[test]
    fn zero_divides_to_zero() {
        assert_eq!(Complex::<Prime>::ONE / Complex::ZERO, Complex::ZERO);
    }
}
