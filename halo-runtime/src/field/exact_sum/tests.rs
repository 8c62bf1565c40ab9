//! Exact sums against integers of any size, for adversarial data.

use super::*;
use num_bigint::BigInt;
use std::cmp::Ordering;

/// A stream of pseudo-random words (xorshift).
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 11) % bound
    }
    /// A double of random sign and mantissa whose biased exponent lies within a range.
    fn double(&mut self, exponents: std::ops::Range<u64>) -> f64 {
        let exponent = exponents.start + self.below(exponents.end - exponents.start);
        f64::from_bits(self.next() & (MANTISSA | 1 << 63) | exponent << 52)
    }
}

/// A finite double in units of 2^-1074.
fn integer(x: f64) -> BigInt {
    let bits = x.to_bits();
    let size = BigInt::from(mantissa(bits)) << (exponent(bits).max(1) - 1);
    if x.is_sign_negative() { -size } else { size }
}

fn exact(pairs: &[(f64, f64)]) -> BigInt {
    pairs.iter().map(|&(x, y)| integer(x) * integer(y)).sum()
}

fn sum_of(pairs: &[(f64, f64)]) -> ExactSum {
    let mut sum = ExactSum::new();
    sum.add_products(pairs.iter().copied());
    sum
}

/// Asserts that `found` is the double nearest to `exact` (in units of 2^-2148), the even one of two.
fn assert_nearest(found: f64, exact: &BigInt) {
    let unit = |x: f64| integer(x) << 1074;
    let beyond_largest: BigInt = BigInt::from(1) << (1024 + 2148);
    let place = |x: f64| {
        if x.is_finite() {
            unit(x)
        } else {
            beyond_largest.clone()
        }
    };
    let negative = *exact < BigInt::ZERO;
    let exact = if negative { -exact } else { exact.clone() };
    assert_eq!(found.is_sign_negative(), negative, "{found}");
    let found = found.abs();
    let twice: BigInt = &exact * 2;
    let even = found.to_bits() & 1 == 0;
    if found != f64::INFINITY {
        let order = twice.cmp(&(place(found) + place(found.next_up())));
        assert!(
            order == Ordering::Less || order == Ordering::Equal && even,
            "{found} is too small"
        );
    }
    if found > 0.0 {
        let order = twice.cmp(&(place(found) + place(found.next_down())));
        assert!(
            order == Ordering::Greater || order == Ordering::Equal && even,
            "{found} is too large"
        );
    }
}

#[test]
fn sums_of_random_products_are_the_nearest_doubles() {
    let mut words = Words(0x9e37_79b9_7f4a_7c15);
    let ranges = [
        0..2047,
        1000..1050,
        0..3,
        500..560,
        2030..2047,
        1480..1500,
        480..560,
        1020..1024,
    ];
    for case in 0..4000 {
        let range = &ranges[case % ranges.len()];
        let count = 1 + words.below(12);
        let mut pairs: Vec<_> = (0..count)
            .map(|_| (words.double(range.clone()), words.double(range.clone())))
            .collect();
        if case % 3 == 0 {
            // Nearly cancelled: all products once more with the other sign, the last one shifted by one unit.
            let again: Vec<_> = pairs.iter().map(|&(x, y)| (-x, y)).collect();
            pairs.extend(again);
            let last = pairs.len() - 1;
            pairs[last].1 = f64::from_bits(pairs[last].1.to_bits() ^ 1);
        }
        assert_nearest(sum_of(&pairs).value(), &exact(&pairs));
    }
}

#[test]
fn ties_go_to_even_and_sticky_bits_break_them() {
    let half = f64::EPSILON / 2.0;
    let value =
        |numbers: &[f64]| sum_of(&numbers.iter().map(|&x| (x, 1.0)).collect::<Vec<_>>()).value();
    assert_eq!(value(&[1.0, half]), 1.0);
    assert_eq!(value(&[1.0, half, 5e-324]), 1.0 + f64::EPSILON);
    assert_eq!(value(&[1.0 + f64::EPSILON, half]), 1.0 + 2.0 * f64::EPSILON);
    assert_eq!(value(&[-1.0, -half, -5e-324]), -1.0 - f64::EPSILON);
    assert_eq!(value(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
    let half_unit = 2f64.powi(970);
    assert_eq!(value(&[f64::MAX, half_unit]), f64::INFINITY);
    assert_eq!(value(&[f64::MAX, half_unit, -5e-324]), f64::MAX);
    assert_eq!(value(&[-f64::MAX, -f64::MAX]), f64::NEG_INFINITY);
    assert_eq!(sum_of(&[(1e-300, 1e-300)]).value(), 0.0);
    assert_eq!(sum_of(&[(5e-324, 0.5)]).value().to_bits(), 0);
    assert_eq!(sum_of(&[(5e-324, 0.5), (1e-300, 1e-300)]).value(), 5e-324);
    assert_eq!(sum_of(&[(5e-324, 1.5)]).value(), 1e-323);
}

#[test]
fn an_exact_zero_is_positive() {
    let zeros: [&[(f64, f64)]; 4] = [
        &[],
        &[(-0.0, 1.0)],
        &[(3.5, 2.0), (-7.0, 1.0)],
        &[(-0.0, -0.0)],
    ];
    for pairs in zeros {
        assert_eq!(sum_of(pairs).value().to_bits(), 0, "{pairs:?}");
        assert_eq!(sum_of(pairs).root().to_bits(), 0, "{pairs:?}");
    }
}

#[test]
fn infinities_and_nans_show() {
    let infinite = f64::INFINITY;
    assert_eq!(sum_of(&[(infinite, 2.0), (1.0, 1.0)]).value(), infinite);
    assert_eq!(
        sum_of(&[(infinite, -2.0), (-infinite, 1.0)]).value(),
        -infinite
    );
    assert!(
        sum_of(&[(infinite, 1.0), (-infinite, 1.0)])
            .value()
            .is_nan()
    );
    assert!(sum_of(&[(infinite, 0.0)]).value().is_nan());
    assert!(sum_of(&[(f64::NAN, 1.0), (infinite, 1.0)]).value().is_nan());
    assert!(sum_of(&[(-1.0, 1.0)]).root().is_nan());
}

#[test]
fn full_bins_lose_nothing() {
    // The largest product that a bin takes, as often as it goes several times over, then all but one taken away.
    let x = f64::from_bits(MANTISSA | 1029 << 52);
    let y = f64::from_bits(MANTISSA | 1026 << 52);
    assert_eq!((exponent(x.to_bits()) + exponent(y.to_bits())) % 8, 7);
    let count = 5 * BIN_CAPACITY + 3;
    let mut sum = ExactSum::new();
    sum.add_products(std::iter::repeat_n((x, y), count));
    assert_nearest(sum.value(), &(exact(&[(x, y)]) * count));
    for _ in 1..count {
        sum.add_product(-x, y);
    }
    assert_nearest(sum.value(), &exact(&[(x, y)]));
    sum.add_products(std::iter::repeat_n((x, -y), 3 * BIN_CAPACITY));
    assert_nearest(
        sum.value(),
        &(exact(&[(x, y)]) * (1 - 3 * BIN_CAPACITY as i64)),
    );
}

#[test]
fn order_and_grouping_leave_the_words_as_they_are() {
    let mut words = Words(7);
    let mut pairs: Vec<_> = (0..500)
        .map(|_| (words.double(0..2047), words.double(0..2047)))
        .collect();
    let whole = sum_of(&pairs);
    for round in 0..20 {
        for k in (1..pairs.len()).rev() {
            pairs.swap(k, words.below(k as u64 + 1) as usize);
        }
        let (head, tail) = pairs.split_at(round * 25);
        let mut merged = sum_of(head);
        merged.merge(&sum_of(tail));
        assert_eq!(merged.words(), whole.words());
    }
}

#[test]
fn words_of_many_sums_may_be_added_before_they_are_read() {
    let mut words = Words(11);
    let pairs: Vec<_> = (0..27 * 40)
        .map(|_| (words.double(900..1100), words.double(900..1100)))
        .collect();
    let mut total = [0; ExactSum::WORDS];
    for part in pairs.chunks(40) {
        total
            .iter_mut()
            .zip(sum_of(part).words())
            .for_each(|(total, word)| *total += word);
    }
    assert_eq!(ExactSum::from_words(&total).words(), sum_of(&pairs).words());
}

#[test]
fn roots_neither_overflow_nor_underflow() {
    let root = |x: f64| sum_of(&[(x, x)]).root();
    for x in [1e300, 1.5e-300, 3.0, f64::MAX, 7.25, 5e-324, 2.2e-308] {
        assert_eq!(root(x), x);
    }
    let mut words = Words(3);
    for _ in 0..1000 {
        let pairs: Vec<_> = (0..4)
            .map(|_| words.double(800..1200))
            .map(|x| (x, x))
            .collect();
        assert_eq!(sum_of(&pairs).root(), sum_of(&pairs).value().sqrt());
    }
}
