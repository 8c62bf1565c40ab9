//! Dot products, sums and norms over all ranks, with the same bits for every order, block split and number of ranks.
//!
//! Each rank accumulates its cells without rounding; one small message of integers per reduction adds the ranks up, and
//! every rank rounds the same total once.

use super::{Accumulate, ExactSum, Reduce};
use crate::comm::Comm;
use crate::error::Result;
use crate::scalar::{RealScalar, Scalar};

/// Collective: the dot product of two distributed arrays, given as this rank's pairs of rows.
///
/// For floats it is the exact value rounded once to the nearest `f64`; see [`ExactSum`] for NaN, infinities and signs of
/// zero. Rows may come in any order and lengths. One message of 1.1 KB for floats, no allocation.
///
/// ```
/// use halo::field::reduce::dot;
/// let parts = [[1e16_f64, 1.0], [-1e16, 1.0]];
/// let total = halo::launch_on(2, |comm| dot(comm, [(&parts[comm.rank()][..], &[1.0, 1.0][..])]))?;
/// assert_eq!(total, 2.0);
/// # Ok::<(), halo::Error>(())
/// ```
pub fn dot<'a, S: Reduce>(
    comm: &Comm,
    rows: impl IntoIterator<Item = (&'a [S], &'a [S])>,
) -> Result<<S::Accumulator as Accumulate<S>>::Value> {
    let mut total = S::Accumulator::default();
    for (x, y) in rows {
        debug_assert_eq!(x.len(), y.len(), "rows of a dot product differ in length");
        total.add_dot(x, y);
    }
    total.all_reduce(comm)?;
    Ok(total.value())
}

/// Collective: the sum of a distributed array, given as this rank's rows; as exact as [`dot`].
pub fn sum<'a, S: Reduce>(
    comm: &Comm,
    rows: impl IntoIterator<Item = &'a [S]>,
) -> Result<<S::Accumulator as Accumulate<S>>::Value> {
    let mut total = S::Accumulator::default();
    for row in rows {
        total.add_values(row);
    }
    total.all_reduce(comm)?;
    Ok(total.value())
}

/// Collective: the Euclidean norm of a distributed array, given as this rank's rows.
///
/// The root of the exact sum of squares, so neither huge nor tiny values overflow or vanish. Costs what [`dot`] costs.
pub fn norm<'a, S: Scalar>(comm: &Comm, rows: impl IntoIterator<Item = &'a [S]>) -> Result<f64> {
    let mut total = ExactSum::default();
    for row in rows {
        add_real_dot(&mut total, row, row);
    }
    Accumulate::<f64>::all_reduce(&mut total, comm)?;
    Ok(total.root())
}

/// Adds the dot product of two rows, of complex numbers its real part: the dot product of twice as many real numbers.
pub(crate) fn add_real_dot<S: Scalar>(total: &mut ExactSum, x: &[S], y: &[S]) {
    let pairs = S::parts(x).iter().zip(S::parts(y));
    total.add_products(pairs.map(|(x, y)| (x.to_f64(), y.to_f64())));
}

/// Collective: the largest absolute value of a distributed array, given as this rank's rows; 0 of none, NaN where one is.
pub fn max_abs<'a, S: Scalar>(comm: &Comm, rows: impl IntoIterator<Item = &'a [S]>) -> Result<f64> {
    // The bits of doubles without a sign are ordered as the doubles are, NaNs last.
    let bits = |value: &S| value.abs().to_f64().to_bits();
    let mine = rows.into_iter().flatten().map(bits).max().unwrap_or(0);
    let all = comm.all_gather(&mine.to_le_bytes())?;
    let largest = all
        .iter()
        .filter_map(|bytes| Some(u64::from_le_bytes(*bytes.first_chunk()?)))
        .max();
    let largest = f64::from_bits(largest.unwrap_or(mine));
    // One NaN for all, whatever was in the payloads.
    Ok(if largest.is_nan() { f64::NAN } else { largest })
}

#[cfg(test)]
mod tests {
    use num_complex::Complex;

    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::prime::Prime;
    use crate::scalar::Lift;

    /// Values of very different size whose naive sums depend on the order.
    fn values(count: usize) -> (Vec<f64>, Vec<f64>) {
        let value =
            |k: usize, step: f64| (k as f64 * step).sin() * 2f64.powi((k * 7 % 100) as i32 - 50);
        (0..count).map(|k| (value(k, 0.7), value(k, 1.3))).unzip()
    }

    /// This rank's rows of some length, dealt out in turn.
    fn dealt<'a, T>(all: &'a [T], comm: &Comm, len: usize) -> impl Iterator<Item = &'a [T]> {
        all.chunks(len).skip(comm.rank()).step_by(comm.size())
    }

    #[test]
    fn bits_do_not_depend_on_the_ranks() {
        let (x, y) = values(5000);
        let naive =
            |order: &mut dyn Iterator<Item = usize>| order.map(|k| x[k] * y[k]).sum::<f64>();
        assert_ne!(
            naive(&mut (0..5000)),
            naive(&mut (0..5000).rev()),
            "the data are too tame"
        );
        let expected = dot(&Comm::solo(), [(&x[..], &y[..])]).unwrap();
        for (ranks, len) in [(1, 100), (2, 1), (3, 77), (8, 250), (27, 13)] {
            let found = launch_all(ranks, |comm| {
                dot(comm, dealt(&x, comm, len).zip(dealt(&y, comm, len)))
            });
            assert_eq!(found.unwrap(), vec![expected; ranks]);
        }
    }

    #[test]
    fn floats_of_either_width_sum_alike() {
        let (x, y) = values(300);
        let narrow = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<_>>();
        let (x, y) = (narrow(&x), narrow(&y));
        let wide = |values: &[f32]| {
            values
                .iter()
                .map(|&value| f64::from(value))
                .collect::<Vec<_>>()
        };
        let solo = Comm::solo();
        assert_eq!(
            dot(&solo, [(&x[..], &y[..])]).unwrap(),
            dot(&solo, [(&wide(&x)[..], &wide(&y)[..])]).unwrap()
        );
        assert_eq!(
            sum(&solo, [&x[..]]).unwrap(),
            sum(&solo, [&wide(&x)[..]]).unwrap()
        );
    }

    #[test]
    fn norms_survive_where_squares_do_not() {
        let total = launch_on(3, |comm| norm(comm, [&[3e-200, 0.0][..], &[0.0][..]]));
        assert!((total.unwrap() / (3e-200 * 3f64.sqrt()) - 1.0).abs() < 1e-15);
        assert_eq!(
            norm(
                &Comm::solo(),
                [&[3.0 * 2f64.powi(700), -4.0 * 2f64.powi(700)][..]]
            )
            .unwrap(),
            5.0 * 2f64.powi(700)
        );
        assert_eq!(norm(&Comm::solo(), [&[3f32, -4.0][..]]).unwrap(), 5.0);
    }

    #[test]
    fn residues_add_up_over_many_ranks() {
        let large = Prime::from(-1);
        let total = launch_on(27, |comm| sum(comm, [&[large, large][..]]));
        assert_eq!(total.unwrap(), Prime::from(-54));
        let (x, y) = values(100);
        let lift = |values: &[f64]| {
            values
                .iter()
                .map(|&value| Prime::lift(value))
                .collect::<Vec<_>>()
        };
        let (x, y) = (lift(&x), lift(&y));
        let expected = dot(&Comm::solo(), [(&x[..], &y[..])]).unwrap();
        let found = launch_on(8, |comm| {
            dot(comm, dealt(&x, comm, 3).zip(dealt(&y, comm, 3)))
        });
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn complex_products_conjugate_the_first_and_are_exact() {
        let (x, y) = values(300);
        let pair = |re: &[f64], im: &[f64]| -> Vec<_> {
            let parts = re.iter().zip(im);
            parts.map(|(re, im)| Complex::new(*re, *im)).collect()
        };
        let (a, b) = (pair(&x[..150], &x[150..]), pair(&y[..150], &y[150..]));
        let solo = Comm::solo();
        let real = |x: &[f64], y: &[f64]| dot(&solo, [(x, y)]).unwrap();
        let total = dot(&solo, [(&a[..], &b[..])]).unwrap();
        assert_eq!(total.re, real(&x, &y));
        let crossed: Vec<f64> = y[150..]
            .iter()
            .copied()
            .chain(y[..150].iter().map(|y| -y))
            .collect();
        assert_eq!(total.im, real(&x, &crossed));
        assert_eq!(
            sum(&solo, [&a[..]]).unwrap().im,
            sum(&solo, [&x[150..]]).unwrap()
        );
        for ranks in [2, 8] {
            let found = launch_on(ranks, |comm| {
                dot(comm, dealt(&a, comm, 7).zip(dealt(&b, comm, 7)))
            });
            assert_eq!(found.unwrap(), total);
        }
        let lengths = [Complex::new(3f32, 4.0), Complex::new(0.0, -1.0)];
        assert_eq!(norm(&solo, [&lengths[..]]).unwrap(), 26f64.sqrt());
        assert_eq!(max_abs(&solo, [&lengths[..]]).unwrap(), 5.0);
    }

    #[test]
    fn the_largest_value_is_found_on_any_rank() {
        let largest = |values: [f64; 4]| {
            launch_on(4, |comm| {
                max_abs(comm, [&values[comm.rank()..=comm.rank()]])
            })
            .unwrap()
        };
        assert_eq!(largest([1.0, -7.5, 2.0, 0.0]), 7.5);
        assert_eq!(largest([1.0, f64::NEG_INFINITY, 2.0, 0.0]), f64::INFINITY);
        assert!(largest([1.0, f64::NAN, f64::INFINITY, 0.0]).is_nan());
        assert_eq!(max_abs::<f32>(&Comm::solo(), []).unwrap(), 0.0);
    }
}
