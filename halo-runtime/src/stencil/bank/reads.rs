//! How a row reads a bank of filters: one entry, interpolated for all points of a strip at once, or for one point.

use crate::{
    scalar::{Arithmetic, Element, Lanes},
    stencil::{Filter, FilterBank, Row, row::Cells},
};

/// Entries of filters, each at all points of a strip.
#[derive(Clone, Copy, Debug)]
pub struct Entries<'a, P: Lanes> {
    values: &'a [P::Number],
    /// Points of the strip.
    row: usize,
}

impl<P: Lanes> Entries<'_, P> {
    /// One of them, at the points from one on.
    #[inline(always)]
    pub fn at(&self, number: usize, point: usize) -> P {
        P::read(self.values, number * self.row + point)
    }
}

impl<'a, S: Element, V: Arithmetic<Number = S>> Row<'a, S, V> {
    /// The entry of the filters at the offset from every point of a strip.
    #[inline(always)]
    pub fn bank<F: Filter, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
    ) -> &'a [F::Value] {
        self.memo.recall(
            self.len,
            #[inline(always)]
            |values| self.interpolate(bank, offset, F::place(&entry), values),
        )
    }

    /// [`Row::bank`] for a formula that is evaluated on several points at a time.
    #[inline(always)]
    pub fn entry<P, F, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
    ) -> Cells<'a, P>
    where
        P: Lanes<Number = F::Value>,
        F: Filter,
    {
        Cells::of(self.bank(bank, offset, entry))
    }

    /// So many of them, given by offset and entry.
    #[inline(always)]
    pub fn entries<P, F, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        count: usize,
        which: impl Fn(usize) -> ([isize; N], [usize; M]),
    ) -> Entries<'a, P>
    where
        P: Lanes<Number = F::Value>,
        F: Filter,
    {
        let row = self.len;
        let values = self.memo.recall(
            count * row,
            #[inline(always)]
            |values| {
                for (k, values) in values.chunks_exact_mut(row).enumerate() {
                    let (offset, entry) = which(k);
                    self.interpolate(bank, offset, F::place(&entry), values);
                }
            },
        );
        Entries { values, row }
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
