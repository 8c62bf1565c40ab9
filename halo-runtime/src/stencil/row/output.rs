//! Where the values of a row go: stored, added, or in the place of what the row has read.
//!
//! Relies on the sweep: outputs alias no field, but for those that an output replaces, whose cells are its own.

use std::cell::Cell;

use crate::{
    scalar::{Arithmetic, Element, Lanes},
    stencil::{
        dispatch::{Block, LINE, Stores, part},
        row::{Cells, Row},
    },
};

/// Where a generated body stores its values, each output apart.
pub type Outputs<'a, V> = [Output<'a, <V as Lanes>::Number>];

/// The cells of an output, one per point of a row.
#[derive(Clone, Copy)]
pub struct Output<'a, S> {
    pub(crate) cells: &'a [Cell<S>],
    pub(crate) stores: Stores,
}

impl<'a, S: Element> Output<'a, S> {
    /// Those of so many points from one on.
    #[inline(always)]
    pub(crate) fn part(&self, first: usize, points: usize) -> Self {
        Output {
            cells: part(self.cells, first, points),
            ..*self
        }
    }
}

/// The cells of a field of which every point reads its own alone, and which the output may replace.
#[derive(Clone, Copy)]
pub enum Own<'a, V: Lanes> {
    /// Nothing replaces them.
    Kept(Cells<'a, V>),
    /// A point's value replaces what it has read.
    Replaced(&'a [Cell<V::Number>]),
}

impl<V: Lanes> Own<'_, V> {
    /// Those of the points from one on.
    #[inline(always)]
    pub fn at(&self, point: usize) -> V {
        match self {
            Own::Kept(cells) => cells.at(point),
            Own::Replaced(cells) => V::read_own(cells, point),
        }
    }
}

impl<'a, S: Element, V: Arithmetic<Number = S>> Row<'a, S, V> {
    /// The cells of a field that an output may replace, each at its own point.
    #[inline(always)]
    pub fn own<'b>(&self, out: &[Output<'b, S>], field: usize, tap: usize) -> Own<'b, V>
    where
        'a: 'b,
    {
        match self.replaces(field) {
            Some(output) => Own::Replaced(out[output].cells),
            None => Own::Kept(self.tap(field, tap)),
        }
    }

    /// The same for point `i` alone.
    #[inline(always)]
    pub fn own_at(&self, out: &[Output<'_, S>], field: usize, tap: usize, i: usize) -> V {
        match self.replaces(field) {
            Some(output) => V::read_own(out[output].cells, i),
            None => self.tap_at(field, tap, i),
        }
    }

    /// The output whose values replace a field's.
    #[inline(always)]
    fn replaces(&self, field: usize) -> Option<usize> {
        self.overwritten.iter().position(|other| *other == field)
    }

    /// Stores the value of every point: `formula(i)` gives one value per output, on as many points from `i` on as there are
    /// lanes. A row of several lanes has at least so many points.
    #[inline(always)]
    pub fn store<const P: usize>(&self, out: &[Output<'_, S>], formula: impl Fn(usize) -> [V; P]) {
        match const { (V::LANES, V::IN_VECTORS, V::AT_A_TIME) } {
            (1, false, _) => self.store_points(out, formula),
            (1, true, _) => self.store_each(out, formula),
            (_, _, 4) => self.store_lanes::<P, 4>(out, formula),
            (_, _, 2) => self.store_lanes::<P, 2>(out, formula),
            _ => self.store_lanes::<P, 1>(out, formula),
        }
    }

    #[inline(always)]
    fn store_lanes<const P: usize, const N: usize>(
        &self,
        out: &[Output<'_, S>],
        formula: impl Fn(usize) -> [V; P],
    ) {
        let out: [Output<'_, S>; P] = out.try_into().expect("an output for each value");
        let fits = out.iter().all(|out| out.cells.len() == self.len);
        assert!(fits, "outputs of so many points");
        let points = const { N * V::LANES };
        let last = self
            .len
            .checked_sub(points)
            .expect("as many points as a loop does at a time");
        let mut first = 0;
        loop {
            let block = Block::new(first, points, self.len);
            self.traffic.fetch_ahead::<S>(self.first + first, points);
            let mut values = [[V::ZERO; N]; P];
            #[expect(clippy::needless_range_loop, reason = "a vector of all values")]
            for number in 0..N {
                let value = formula(block.lanes(number * V::LANES, V::LANES));
                for k in 0..P {
                    values[k][number] = value[k];
                }
            }
            for (values, out) in values.into_iter().zip(&out) {
                out.stores.write(values, out.cells, first);
            }
            if first == last {
                return;
            }
            // The last points may be computed a second time.
            first = (first + points).min(last);
        }
    }

    /// As [`Row::store`] for formulas with branches or calls, which are evaluated point by point.
    ///
    /// Block by block: the values of a block are local, which is what tells the compiler that they alias no tap, so that
    /// the loop over its points vectorises. A block is two lines, so that several sums are under way at a time.
    #[inline(always)]
    pub fn store_points<const P: usize>(
        &self,
        out: &[Output<'_, S>],
        formula: impl Fn(usize) -> [V; P],
    ) {
        match const { (V::VECTORISES, size_of::<V>()) } {
            (false, _) => self.store_each(out, formula),
            (true, 4) => self.store_blocks::<P, 32>(out, formula),
            (true, 8) => self.store_blocks::<P, 16>(out, formula),
            (true, _) => self.store_blocks::<P, 8>(out, formula),
        }
    }

    /// Stores the value of every point, one after the other.
    #[inline(always)]
    pub fn store_each<const P: usize>(
        &self,
        out: &[Output<'_, S>],
        formula: impl Fn(usize) -> [V; P],
    ) {
        self.store_from(0, out, &formula);
    }

    #[inline(always)]
    fn store_from<const P: usize>(
        &self,
        first: usize,
        out: &[Output<'_, S>],
        formula: &impl Fn(usize) -> [V; P],
    ) {
        debug_assert_eq!(out.len(), P, "one output per value of the formula");
        for i in first..self.len {
            for (out, value) in out.iter().zip(formula(i)) {
                out.stores.write([value], out.cells, i);
            }
        }
    }

    #[inline(always)]
    fn store_blocks<const P: usize, const N: usize>(
        &self,
        out: &[Output<'_, S>],
        formula: impl Fn(usize) -> [V; P],
    ) {
        let n = self.len;
        if n < N {
            return self.store_each(out, formula);
        }
        let out: [Output<'_, S>; P] = out.try_into().expect("an output for each value");
        let lead = self.lead(&out, N);
        let mut first = 0;
        loop {
            let block = Block::new(first, N, n);
            self.traffic.fetch_ahead::<S>(self.first + first, N);
            let mut values = [[S::zeroed(); N]; P];
            for i in 0..N {
                let value = formula(block.index(i));
                for k in 0..P {
                    let own = Cell::from_mut(&mut values[k][..]).as_slice_of_cells();
                    value[k].write(own, i);
                }
            }
            for (values, out) in values.iter().zip(&out) {
                out.stores.store::<V, N>(values, part(out.cells, first, N));
            }
            if first + N == n {
                return;
            }
            // The last block, and one that begins with a line, may compute some points a second time.
            let next = if first == 0 { N - lead } else { first + N };
            // A line on its way to memory would have to come back first.
            let past = out.iter().any(|out| out.stores.are_past());
            if (self.once || past) && next > n - N {
                return self.store_from(next, &out, &formula);
            }
            first = next.min(n - N);
        }
    }

    /// Points by which a line begins before the first output, if so many values at a time go past the caches.
    #[inline(always)]
    fn lead(&self, out: &[Output<'_, S>], points: usize) -> usize {
        match out {
            [first, ..] if first.stores.are_past() => {
                first.cells.as_ptr().addr() % LINE / size_of::<S>() % points
            }
            _ => 0,
        }
    }
}
