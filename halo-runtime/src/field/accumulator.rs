//! What holds a sum exactly until it is read: of floats one long integer, of complex numbers one for each part, of residues
//! a residue. Ranks add them up word by word.

use std::ops::Neg;

use num_complex::Complex;
use num_traits::Num;

use super::ExactSum;
use crate::comm::Comm;
use crate::error::Result;
use crate::prime::Prime;
use crate::scalar::Element;

/// Elements that can be summed over a whole grid without a rounding that depends on the order.
pub trait Reduce: Element {
    /// What holds a sum of such elements exactly.
    type Accumulator: Accumulate<Self>;
}

/// Integers that ranks exchange in one reduction, at most: two exact sums.
pub const MOST_WORDS: usize = 2 * ExactSum::WORDS;

/// A sum that is exact until it is read.
pub trait Accumulate<S>: Default + Send {
    /// What the sum is read as: `f64` for both floats, `Complex<f64>` for complex numbers of either, [`Prime`] for itself.
    type Value: Copy;

    /// Adds all values.
    fn add_values(&mut self, values: &[S]);

    /// Adds the products of two rows, cell by cell.
    fn add_dot(&mut self, x: &[S], y: &[S]);

    /// Adds what another sum holds.
    fn merge(&mut self, other: &Self);

    /// Number of integers that [`write`](Accumulate::write) makes of a sum, at most [`MOST_WORDS`].
    const WORDS: usize;

    /// The sum as integers that may be added word by word over all ranks.
    fn write(&self, words: &mut [i64]);

    /// The sum that such words make.
    fn read(words: &[i64]) -> Self;

    /// Collective: replaces the sum by the total over all ranks. One message.
    fn all_reduce(&mut self, comm: &Comm) -> Result {
        let mut words = [0; MOST_WORDS];
        let words = &mut words[..Self::WORDS];
        self.write(words);
        comm.all_reduce_sum(words)?;
        *self = Self::read(words);
        Ok(())
    }

    /// The sum, rounded once.
    fn value(&self) -> Self::Value;
}

macro_rules! float {
    ($float:ident) => {
        impl Reduce for $float {
            type Accumulator = ExactSum;
        }

        impl Accumulate<$float> for ExactSum {
            type Value = f64;

            fn add_values(&mut self, values: &[$float]) {
                self.add_products(values.iter().map(|&value| (f64::from(value), 1.0)));
            }

            fn add_dot(&mut self, x: &[$float], y: &[$float]) {
                self.add_products(x.iter().zip(y).map(|(&x, &y)| (f64::from(x), f64::from(y))));
            }

            fn merge(&mut self, other: &Self) {
                ExactSum::merge(self, other);
            }

            const WORDS: usize = ExactSum::WORDS;

            fn write(&self, words: &mut [i64]) {
                words.copy_from_slice(&self.words());
            }

            fn read(words: &[i64]) -> Self {
                let mut all = [0; ExactSum::WORDS];
                all.copy_from_slice(words);
                ExactSum::from_words(&all)
            }

            fn value(&self) -> f64 {
                ExactSum::value(self)
            }
        }
    };
}

float!(f32);
float!(f64);

/// A sum of complex numbers: one of their real, one of their imaginary parts.
#[derive(Clone, Default)]
pub struct Parts<A> {
    re: A,
    im: A,
}

impl<R: Reduce + Num + Neg<Output = R>> Reduce for Complex<R> {
    type Accumulator = Parts<R::Accumulator>;
}

impl<R, A> Accumulate<Complex<R>> for Parts<A>
where
    R: Element + Num + Neg<Output = R>,
    A: Accumulate<R>,
{
    type Value = Complex<A::Value>;

    fn add_values(&mut self, values: &[Complex<R>]) {
        for values in values.chunks(CHUNK) {
            let mut part = [R::zero(); CHUNK];
            let part = &mut part[..values.len()];
            fill(part, values.iter().map(|value| value.re));
            self.re.add_values(part);
            fill(part, values.iter().map(|value| value.im));
            self.im.add_values(part);
        }
    }

    /// Adds the products of the conjugates of the one row and the other.
    fn add_dot(&mut self, x: &[Complex<R>], y: &[Complex<R>]) {
        for (x, y) in x.chunks(CHUNK).zip(y.chunks(CHUNK)) {
            let (a, b): (&[R], &[R]) = (bytemuck::cast_slice(x), bytemuck::cast_slice(y));
            self.re.add_dot(a, b);
            // The imaginary part of conj(x) y is the real part of conj(x) times -i y.
            let mut turned = [Complex::new(R::zero(), R::zero()); CHUNK];
            let turned = &mut turned[..y.len()];
            fill(turned, y.iter().map(|y| Complex::new(y.im, -y.re)));
            self.im.add_dot(a, bytemuck::cast_slice(turned));
        }
    }

    fn merge(&mut self, other: &Self) {
        self.re.merge(&other.re);
        self.im.merge(&other.im);
    }

    const WORDS: usize = 2 * A::WORDS;

    fn write(&self, words: &mut [i64]) {
        let (re, im) = words.split_at_mut(A::WORDS);
        self.re.write(re);
        self.im.write(im);
    }

    fn read(words: &[i64]) -> Self {
        let (re, im) = words.split_at(A::WORDS);
        Parts {
            re: A::read(re),
            im: A::read(im),
        }
    }

    fn value(&self) -> Self::Value {
        Complex::new(self.re.value(), self.im.value())
    }
}

/// Complex numbers that are taken apart at once.
const CHUNK: usize = 64;

fn fill<T>(row: &mut [T], values: impl Iterator<Item = T>) {
    row.iter_mut()
        .zip(values)
        .for_each(|(cell, value)| *cell = value);
}

impl Reduce for Prime {
    type Accumulator = Prime;
}

/// Residues are sent in two halves.
const HALF: i64 = 1 << 32;

impl Accumulate<Prime> for Prime {
    type Value = Prime;

    fn add_values(&mut self, values: &[Prime]) {
        *self += values.iter().copied().sum();
    }

    fn add_dot(&mut self, x: &[Prime], y: &[Prime]) {
        *self += x.iter().zip(y).map(|(&x, &y)| x * y).sum();
    }

    fn merge(&mut self, other: &Self) {
        *self += *other;
    }

    // Residues of 61 bits may not be added in 64 bits over many ranks; their halves may.
    const WORDS: usize = 2;

    fn write(&self, words: &mut [i64]) {
        let residue = self.residue() as i64;
        words.copy_from_slice(&[residue % HALF, residue / HALF]);
    }

    fn read(words: &[i64]) -> Self {
        words.iter().rfold(Prime::ZERO, |sum, word| {
            sum * Prime::from(HALF) + Prime::from(*word)
        })
    }

    fn value(&self) -> Prime {
        *self
    }
}
