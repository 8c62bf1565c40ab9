//! Long sums of terms that differ in numbers only, taken in strips of a row.
//!
//! A formula on several points at a time keeps the sums of a few points in registers. One that is evaluated point by point would
//! leave the compiler a loop over taps inside the loop over points, which does not vectorise: here the loop over the points of a
//! strip is the inner one, and the partial sums of all its points lie in the nearest cache. Every point adds its terms one by
//! one in their order, so the bits are those of the plain sum.

use arrayvec::ArrayVec;

use crate::{
    scalar::{Arithmetic, Element},
    stencil::row::{MAX_FIELDS, Output, Row, Traffic},
};

/// Points of a strip.
pub const STRIP: usize = 128;

/// Points of a strip whose sums are in registers: the entries of filters of 65 numbers fit into the nearest cache.
pub(crate) const SHORT_STRIP: usize = 32;

impl<S: Element, V: Arithmetic<Number = S>> Row<'_, S, V> {
    /// Runs a body on the row piece by piece, each of at most 128 points.
    #[inline(always)]
    pub fn strips(
        &self,
        out: &[Output<'_, S>],
        mut body: impl FnMut(&Row<'_, S, V>, &[Output<'_, S>]),
    ) {
        let mut first = 0;
        while first < self.len {
            let len = STRIP.min(self.len - first);
            let row = Row {
                first: self.first + first,
                len,
                traffic: Traffic::PLAIN,
                ..*self
            };
            let part: ArrayVec<Output<'_, S>, MAX_FIELDS> =
                out.iter().map(|out| out.part(first, len)).collect();
            body(&row, &part);
            first += len;
        }
    }

    /// One value per point of a strip.
    #[inline(always)]
    pub fn each<T: Copy>(&self, value: impl Fn(usize) -> T) -> [T; STRIP] {
        let mut values = [value(0); STRIP];
        for (i, v) in values[..self.len].iter_mut().enumerate() {
            *v = value(i);
        }
        values
    }

    /// One sum per point of a strip: `start(i)`, then `term(k)(i, sum)` for `k` from 0 to `count`.
    #[inline(always)]
    pub fn sum<F: Fn(usize, V) -> V>(
        &self,
        count: usize,
        start: impl Fn(usize) -> V,
        term: impl Fn(usize) -> F,
    ) -> [V; STRIP] {
        let mut sums = [V::ZERO; STRIP];
        let points = &mut sums[..self.len];
        for (i, sum) in points.iter_mut().enumerate() {
            *sum = start(i);
        }
        // Four terms at a time: the sums are read and written a quarter as often.
        let mut k = 0;
        while k + 4 <= count {
            let [a, b, c, d] = [term(k), term(k + 1), term(k + 2), term(k + 3)];
            for (i, sum) in points.iter_mut().enumerate() {
                *sum = d(i, c(i, b(i, a(i, *sum))));
            }
            k += 4;
        }
        for k in k..count {
            let term = term(k);
            for (i, sum) in points.iter_mut().enumerate() {
                *sum = term(i, *sum);
            }
        }
        sums
    }
}
