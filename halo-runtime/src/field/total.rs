//! Many sums over all ranks at once, each exact until it is rounded to the type of its terms.

use num_complex::Complex;

use super::{Accumulate, Reduce};
use crate::comm::Comm;
use crate::error::Result;
use crate::prime::Prime;

/// Numbers whose exact sums are rounded to the same type; implemented for all scalars.
pub trait Total: Reduce {
    /// An exact sum as a number of this type, rounded to the nearest `f64` and from there to the nearest `f32` where that is
    /// its type.
    fn rounded(sum: <Self::Accumulator as Accumulate<Self>>::Value) -> Self;
}

impl Total for f64 {
    fn rounded(sum: f64) -> Self {
        sum
    }
}

impl Total for f32 {
    fn rounded(sum: f64) -> Self {
        sum as f32
    }
}

impl Total for Complex<f64> {
    fn rounded(sum: Complex<f64>) -> Self {
        sum
    }
}

impl Total for Complex<f32> {
    fn rounded(sum: Complex<f64>) -> Self {
        Complex::new(sum.re as f32, sum.im as f32)
    }
}

impl Total for Prime {
    fn rounded(sum: Prime) -> Self {
        sum
    }
}

impl Total for Complex<Prime> {
    fn rounded(sum: Complex<Prime>) -> Self {
        sum
    }
}

/// A number of sums that all ranks add to. Nothing is allocated after it is made.
pub(crate) struct Totals<S: Total> {
    sums: Vec<S::Accumulator>,
    words: Vec<i64>,
}

impl<S: Total> Totals<S> {
    pub(crate) fn new(count: usize) -> Self {
        Totals {
            sums: (0..count).map(|_| S::Accumulator::default()).collect(),
            words: vec![0; count * S::Accumulator::WORDS],
        }
    }

    /// Begins all sums anew.
    pub(crate) fn clear(&mut self) {
        let sums = self.sums.iter_mut();
        sums.for_each(|sum| *sum = S::Accumulator::default());
    }

    /// Adds values to one of the sums.
    pub(crate) fn add(&mut self, sum: usize, values: &[S]) {
        self.sums[sum].add_values(values);
    }

    /// Collective: writes the sums over all ranks. One message, of 1.1 KB for each sum of real floats.
    pub(crate) fn reduce(&mut self, comm: &Comm, results: &mut [S]) -> Result {
        let of_each = self.words.chunks_exact_mut(S::Accumulator::WORDS);
        self.sums
            .iter()
            .zip(of_each)
            .for_each(|(sum, words)| sum.write(words));
        comm.all_reduce_sum(&mut self.words)?;
        let of_each = self.words.chunks_exact(S::Accumulator::WORDS);
        for (result, words) in results.iter_mut().zip(of_each) {
            *result = S::rounded(S::Accumulator::read(words).value());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_all;

    #[test]
    fn sums_are_rounded_once_on_any_ranks() {
        let terms = [1e16, 1.0, -1e16, 1.0, 1e-3, 7.0];
        for ranks in [1, 2, 3, 6] {
            let found = launch_all(ranks, |comm| {
                let mut totals = Totals::<f64>::new(2);
                let mut results = [0.0; 2];
                for _ in 0..2 {
                    totals.clear();
                    for (k, term) in terms.iter().enumerate().skip(comm.rank()).step_by(ranks) {
                        totals.add(0, &[*term]);
                        totals.add(1, &[k as f64]);
                    }
                    totals.reduce(comm, &mut results)?;
                }
                Ok(results)
            });
            assert_eq!(found.unwrap(), vec![[9.001, 15.0]; ranks]);
        }
    }
}
