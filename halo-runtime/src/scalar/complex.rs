//! Complex numbers as scalars. The arithmetic is that of num-complex, so the bits are those of the kernel's own function.

use num_complex::Complex;
use num_traits::Num;

use super::{Arithmetic, Lift, Scalar, Scale, Stored, Vectors, Weigh, lanes::single};
use crate::prime::Prime;

impl<R: Weigh> Weigh for Complex<R>
where
    Complex<R>: bytemuck::Pod,
{
    #[inline(always)]
    fn times(self, weight: i64) -> Self {
        Complex::new(self.re.times(weight), self.im.times(weight))
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        Complex::new(self.re.plus(other.re), self.im.plus(other.im))
    }
}

single!([R: Weigh] Complex<R>, false);

impl<R: Arithmetic + Num> Arithmetic for Complex<R> {
    const ZERO: Self = Complex::new(R::ZERO, R::ZERO);
    const ONE: Self = Complex::new(R::ONE, R::ZERO);
    const VECTORISES: bool = R::VECTORISES;

    #[inline(always)]
    fn integer(value: i64) -> Self {
        Complex::new(R::integer(value), R::ZERO)
    }
}

macro_rules! complex {
    ($real:ident, $name:literal) => {
        impl Scale<$real> for Complex<$real> {
            #[inline(always)]
            fn scale(self, factor: $real) -> Self {
                factor * self
            }
            #[inline(always)]
            fn divide(self, divisor: $real) -> Self {
                self / divisor
            }
        }

        impl Scale<Complex<$real>> for Complex<$real> {
            #[inline(always)]
            fn scale(self, factor: Complex<$real>) -> Self {
                factor * self
            }
            #[inline(always)]
            fn divide(self, divisor: Complex<$real>) -> Self {
                self / divisor
            }
        }

        impl Lift<Complex<$real>> for Complex<$real> {
            type Passive = Self;
            #[inline(always)]
            fn passive(value: Self) -> Self {
                value
            }
            #[inline(always)]
            fn lift(value: Self) -> Self {
                value
            }
            #[inline(always)]
            fn lift_each(value: Self) -> Self {
                value
            }
            #[inline(always)]
            fn conj_each(values: Self) -> Self {
                Complex::conj(&values)
            }
            #[inline(always)]
            fn scale_each(self, factors: Self) -> Self {
                self.scale(factors)
            }
            #[inline(always)]
            fn divide_each(self, divisors: Self) -> Self {
                self.divide(divisors)
            }
        }

        impl Stored<Complex<$real>> for Complex<$real> {
            type In<V: Vectors> = Self;
        }

        impl Scalar for Complex<$real> {
            const NAME: &'static str = $name;
            const COMPLEX: bool = true;
            type Real = $real;
            type Exact = Complex<Prime>;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                Complex::new(value as $real, 0.0)
            }
            #[inline(always)]
            fn from_real(value: $real) -> Self {
                Complex::new(value, 0.0)
            }
            #[inline(always)]
            fn from_parts(re: $real, im: $real) -> Self {
                Complex::new(re, im)
            }
            #[inline(always)]
            fn re(self) -> $real {
                self.re
            }
            #[inline(always)]
            fn im(self) -> $real {
                self.im
            }
            #[inline(always)]
            fn conj(self) -> Self {
                Complex::conj(&self)
            }
            #[inline(always)]
            fn abs(self) -> $real {
                self.norm()
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                Complex::sqrt(self)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                Complex::exp(self)
            }
            #[inline(always)]
            fn powi(self, exponent: i32) -> Self {
                Complex::powi(&self, exponent)
            }
            #[inline]
            fn from_hash([re, im]: [u64; 2]) -> Self {
                Complex::new($real::from_hash([re, 0]), $real::from_hash([im, 0]))
            }
        }
    };
}

complex!(f32, "Complex<f32>");
complex!(f64, "Complex<f64>");

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body over any scalar may do, with real factors on either side.
    fn body<T: Scalar>(x: T, factor: T::Real) -> T {
        let mut sum = T::ZERO;
        sum += x * factor + factor * x;
        sum / factor - T::from_f64(0.5) * x.conj()
    }

    #[test]
    fn one_body_serves_all_scalars() {
        assert_eq!(body(3.0f32, 2.0), 4.5);
        assert_eq!(body(3.0f64, 2.0), 4.5);
        assert_eq!(body(Complex::new(3.0f32, 1.0), 2.0), Complex::new(4.5, 2.5));
        assert_eq!(body(Complex::new(3.0f64, 1.0), 2.0), Complex::new(4.5, 2.5));
    }

    #[test]
    fn real_factors_do_not_touch_the_other_part() {
        let huge = Complex::new(f64::INFINITY, 1.0);
        assert_eq!(huge.scale(2.0), Complex::new(f64::INFINITY, 2.0));
        assert!(huge.scale(Complex::new(2.0, 0.0)).im.is_nan());
        assert_eq!(huge.times(-1), Complex::new(f64::NEG_INFINITY, -1.0));
    }
}
