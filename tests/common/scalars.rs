//! Kernels over other numbers than real ones: complex fields with complex and real factors, formulas for any scalar, and
//! tables of numbers per point.

use halo::prelude::*;
use halo::stencil::Coefficient;

use super::label::specimen;
use super::specimen::{Point, Specimen, Values};

const I: Complex<f64> = Complex::new(0.0, 1.0);

/// Complex and real factors and divisors, the conjugate of a coefficient, sums that begin with nothing.
#[stencil]
pub fn damped(
    u: Input<Complex<f64>, 1>,
    k: Coef<Complex<f64>, 1>,
    w: Complex<f64>,
    h: f64,
) -> Complex<f64> {
    let mut sum = Complex::new(0.0, 0.0);
    for o in -1..=1 {
        sum += k[o] * u[o];
    }
    (sum - 2.0 * u[0]) / (h * h) + w.powi(2) * u[1] / k[0] - u[-1] * h * k[1].conj()
}
specimen!(Damped<1>, reach [[1, 1]], make(k) Damped { k, w: 0.5 + 0.25 * I, h: 0.7 },
    call(p) [damped(p.u(0), p.k(0), 0.5 + 0.25 * I, 0.7)], coefficients [Values::Positive], within 1);

/// A real coefficient on complex fields, and an edge of its own.
#[stencil]
pub fn absorbing(
    u: Input<Complex<f32>, 2>,
    r: Coef<f32, 2>,
    at: Position<2>,
    w: Complex<f32>,
) -> Complex<f32> {
    if at.from_high(0) < 1 {
        (u[[0, 0]] - u[[-1, 0]]) * w.sqrt()
    } else {
        r[[0, 1]].sqrt() * (u[[0, 1]] - u[[0, -1]]) / w + -u[[1, 0]] / r[[0, 0]]
    }
}
specimen!(Absorbing<2>, reach [[1, 1], [1, 1]], make(r) Absorbing { r, w: Complex::new(0.3, -0.9) },
    call(p) [absorbing(p.u(0), p.k(0), p.at(), Complex::new(0.3, -0.9))],
    coefficients [Values::Positive], within 1, holds f32, of drawn drawn.re, rows_differ true);

/// Any scalar, with numbers of it and of its real type; literals of both and of neither.
#[stencil]
pub fn blended<T: Scalar>(u: Input<T, 2>, v: Input<T, 2>, k: Coef<T, 2>, c: T, s: T::Real) -> (T, T)
where
    T::Real: Copy,
{
    let third: f64 = 1.0 / 3.0;
    let mut sum = T::ZERO;
    sum += 0.5 * u[[0, 0]] * s;
    sum -= c * u[[-1, 0]] + k[[0, 1]] * v[[0, 1]] / s;
    let weight = (0.1 * c + 1.0).sqrt();
    let switched = if s > T::Real::from_f64(0.5) {
        weight * u[[1, 1]]
    } else {
        T::ZERO
    };
    (
        sum * T::from_f64(third),
        switched - s * v[[0, 0]] / c.conj(),
    )
}

macro_rules! blended {
    ($($scalar:ty),*) => {$(
        specimen!(Blended[$scalar]<2>, reach [[1, 1], [0, 1]],
            make(k) Blended { k, c: <$scalar as Scalar>::from_f64(0.4), s: 0.75 },
            call(p) {
                let (a, b) = blended(p.u(0), p.u(1), p.k(0), <$scalar as Scalar>::from_f64(0.4), 0.75);
                [a, b]
            },
            coefficients [Values::Gaps], within 1);
    )*};
}
blended!(f32, f64, Complex<f32>, Complex<f64>);

/// A type that only the fields name, so that the struct is made by `new`; the formula of a complex rotation.
#[stencil]
pub fn mean<T: Scalar>(u: Input<T, 1>) -> T {
    0.5 * (u[-1] + u[2])
}
specimen!(Mean[Complex<f64>]<1>, reach [[1, 2]], make() Mean::new(), call(p) [mean(p.u(0))]);

/// A filter of its own at each point.
#[stencil]
pub fn filtered(u: Input<f64, 2>, w: Coef<[f64; 9], 2>) -> f64 {
    let mut sum = 0.0;
    for i in 0..3_isize {
        for j in 0..3_isize {
            sum += w[[0, 0]][(3 * i + j) as usize] * u[[i - 1, j - 1]];
        }
    }
    sum
}
specimen!(Filtered<2>, reach [[1, 1], [1, 1]], make(w) Filtered { w }, call(p) [filtered(p.u(0), p.k(0))],
    coefficients [Values::Gaps], within 0, holds [f64; 9], of drawn std::array::from_fn(|k| drawn * k as f64 - 0.3));

/// Tables of any scalar, read at a neighbour.
#[stencil]
pub fn mixed<T: Scalar>(u: Input<T, 1>, w: Coef<[T; 2], 1>) -> T {
    w[-1]
        .iter()
        .zip([u[1], u[-2]])
        .map(|(w, u)| *w * u)
        .sum::<T>()
        + w[1][1] * u[0]
}
specimen!(Mixed[Complex<f64>]<1>, reach [[2, 1]], make(w) Mixed { w }, call(p) [mixed(p.u(0), p.k(0))],
    coefficients [Values::Positive], within 1, holds [Complex<f64>; 2], of drawn [drawn, drawn * I]);

/// Runs a check on every kernel of this file, on arrays of several numbers of axes.
#[macro_export]
macro_rules! for_all_scalars {
    ($check:ident) => {
        #[test]
        fn complex_numbers() {
            $check(&Subject::<1>::of::<Damped, 1>());
            $check(&Subject::<2>::of::<Absorbing, 2>());
        }

        #[test]
        fn any_scalar() {
            $check(&Subject::<2>::of::<Blended<f32>, 2>());
            $check(&Subject::<2>::of::<Blended<f64>, 2>());
            $check(&Subject::<2>::of::<Blended<halo::Complex<f32>>, 2>());
            $check(&Subject::<3>::of::<Blended<halo::Complex<f64>>, 2>());
            $check(&Subject::<1>::of::<Mean<halo::Complex<f64>>, 1>());
        }

        #[test]
        fn tables_per_point() {
            $check(&Subject::<2>::of::<Filtered, 2>());
            $check(&Subject::<1>::of::<Mixed<halo::Complex<f64>>, 1>());
        }
    };
}
