//! Vector arithmetic on the values of a block without gaps: what vectors that are no fields are made of.

use num_complex::Complex;

use crate::scalar::{RealScalar, Scalar};

/// `cells *= factor`.
pub(super) fn scale<T: Scalar>(cells: &mut [T], factor: f64) {
    let factor = T::from_f64(factor);
    cells.iter_mut().for_each(|cell| *cell = factor * *cell);
}

/// `cells *= factor`, over complex numbers.
pub(super) fn scale_complex<R: RealScalar>(cells: &mut [Complex<R>], factor: Complex<f64>)
where
    Complex<R>: Scalar<Real = R>,
{
    let factor = Complex::new(R::from_f64(factor.re), R::from_f64(factor.im));
    cells.iter_mut().for_each(|cell| *cell = factor * *cell);
}

/// `cells += factor * x`.
pub(super) fn axpy<T: Scalar>(cells: &mut [T], factor: f64, x: &[T]) {
    let factor = T::from_f64(factor);
    let pairs = cells.iter_mut().zip(x);
    pairs.for_each(|(cell, value)| *cell += factor * *value);
}

/// `cells = x + factor * cells`.
pub(super) fn aypx<T: Scalar>(cells: &mut [T], factor: f64, x: &[T]) {
    let factor = T::from_f64(factor);
    let pairs = cells.iter_mut().zip(x);
    pairs.for_each(|(cell, value)| *cell = *value + factor * *cell);
}

/// Each value's complex conjugate.
pub(super) fn conjugate<T: Scalar>(cells: &mut [T]) {
    cells.iter_mut().for_each(|cell| *cell = cell.conj());
}
