//! `f32` and `f64` as scalars.

use super::{Arithmetic, Lift, RealScalar, Scalar, Scale, Stored, Vectors, Weigh, lanes::single};
use crate::prime::Prime;

macro_rules! float {
    ($float:ident, $digits:literal, $vectors:ident) => {
        impl Weigh for $float {
            #[inline(always)]
            fn times(self, weight: i64) -> Self {
                weight as $float * self
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
        }

        single!([] $float, cfg!(target_arch = "x86_64"));

        impl Arithmetic for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn integer(value: i64) -> Self {
                value as $float
            }
        }

        impl Scale<$float> for $float {
            #[inline(always)]
            fn scale(self, factor: $float) -> Self {
                factor * self
            }
            #[inline(always)]
            fn divide(self, divisor: $float) -> Self {
                self / divisor
            }
        }

        impl Lift<$float> for $float {
            type Passive = $float;
            #[inline(always)]
            fn passive(value: $float) -> $float {
                value
            }
            #[inline(always)]
            fn lift(value: $float) -> Self {
                value
            }
            #[inline(always)]
            fn lift_each(value: $float) -> Self {
                value
            }
            #[inline(always)]
            fn conj_each(values: $float) -> $float {
                values
            }
            #[inline(always)]
            fn scale_each(self, factors: $float) -> Self {
                self.scale(factors)
            }
            #[inline(always)]
            fn divide_each(self, divisors: $float) -> Self {
                self.divide(divisors)
            }
        }

        impl Stored<$float> for $float {
            type In<V: Vectors> = V::$vectors;
        }

        impl Scalar for $float {
            const NAME: &'static str = stringify!($float);
            const COMPLEX: bool = false;
            type Real = $float;
            type Exact = Prime;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn from_real(value: $float) -> Self {
                value
            }
            #[inline(always)]
            fn from_parts(re: $float, _: $float) -> Self {
                re
            }
            #[inline(always)]
            fn re(self) -> $float {
                self
            }
            #[inline(always)]
            fn im(self) -> $float {
                0.0
            }
            #[inline(always)]
            fn conj(self) -> Self {
                self
            }
            #[inline(always)]
            fn abs(self) -> $float {
                $float::abs(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $float::exp(self)
            }
            #[inline(always)]
            fn powi(self, exponent: i32) -> Self {
                $float::powi(self, exponent)
            }
            #[inline]
            fn from_hash([bits, _]: [u64; 2]) -> Self {
                let half = 1i64 << ($digits - 1);
                ((bits >> (64 - $digits)) as i64 - half) as $float / half as $float
            }
        }

        impl RealScalar for $float {
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
        }
    };
}

float!(f32, 24, F32);
float!(f64, 53, F64);

#[cfg(test)]
mod tests {
    use super::*;

    fn spans_the_unit_interval<T: RealScalar>(step: f64) {
        let number = |bits| T::from_hash([bits, 0]).to_f64();
        assert_eq!(number(0), -1.0);
        assert_eq!(number(1 << 63), 0.0);
        assert_eq!(number(u64::MAX), 1.0 - step);
    }

    #[test]
    fn hashes_span_the_unit_interval() {
        spans_the_unit_interval::<f32>(2f64.powi(-23));
        spans_the_unit_interval::<f64>(2f64.powi(-52));
    }
}
