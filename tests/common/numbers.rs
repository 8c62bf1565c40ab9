//! Numbers of any scalar as the doubles that tests draw, print and compare: real and imaginary part one after the other.

use halo::scalar::{RealScalar, Scalar};

/// Doubles that a number of type `T` is made of.
pub const fn parts<T: Scalar>() -> usize {
    1 + T::COMPLEX as usize
}

pub fn numbers<T: Scalar>(parts: &[f64]) -> Vec<T> {
    let part = |value: Option<&f64>| T::Real::from_f64(value.copied().unwrap_or(0.0));
    parts
        .chunks(self::parts::<T>())
        .map(|number| T::from_parts(part(number.first()), part(number.get(1))))
        .collect()
}

pub fn parts_of<T: Scalar>(numbers: &[T]) -> Vec<f64> {
    T::parts(numbers).iter().map(|part| part.to_f64()).collect()
}
