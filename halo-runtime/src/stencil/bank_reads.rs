//! How a row reads a bank of filters: one entry, interpolated for all points of a strip at once, or for one point.

use crate::{
    scalar::{Arithmetic, Element},
    stencil::{Filter, FilterBank, Row},
};

impl<'a, S: Element, V: Arithmetic<Number = S>> Row<'a, S, V> {
    /// The entry of the filters at the offset from every point of a strip.
    #[inline(always)]
    pub fn bank<F: Filter, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
    ) -> &'a [F::Value] {
        let values = self.memo.recall(
            #[inline(always)]
            |values| self.interpolate(bank, offset, F::place(&entry), values),
        );
        &values[..self.len]
    }

    /// An entry at the points of a strip.
    #[inline(never)]
    fn interpolate<F: Filter, const N: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: usize,
        values: &mut [F::Value],
    ) {
        let along = (0..N).find(|axis| self.place.step[*axis] != 0);
        let mut i = 0;
        while i < self.len {
            let rest = self.len - i;
            let stretch = (bank.lattice()).stretch(self.indices(offset, i), along, rest, entry);
            stretch.fill(&mut values[i..i + stretch.count]);
            i += stretch.count;
        }
    }

    /// The entry of the filter at the offset from point `i` alone.
    #[inline(always)]
    pub fn bank_at<F: Filter, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
        i: usize,
    ) -> F::Value {
        bank.lattice()
            .value(self.indices(offset, i), F::place(&entry))
    }

    #[inline(always)]
    fn indices<const N: usize>(&self, offset: [isize; N], i: usize) -> [isize; N] {
        std::array::from_fn(|axis| self.index(axis, offset[axis], i))
    }
}
