//! One row of points as the generated loops see it: shifted slices of equal length, and where on the grid it lies.
//!
//! Relies on the driver: every tap of an interior row lies within the field's storage, margin included.

use crate::scalar::{Arithmetic, Element};
use crate::stencil::Memo;
use crate::stencil::dispatch::{Block, LINE, Stores, fetch, part};
use crate::stencil::sweep::MAX_FIELDS;

/// Stencil axes a kernel can have.
pub const MAX_AXES: usize = 4;

/// Cells of one field, and where in them rows begin.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a, S> {
    /// The field's whole storage, margin included.
    pub cells: &'a [S],
    /// Index of the first point of row 0.
    pub base: usize,
    /// From a row to the next.
    pub step: usize,
}

impl<T> Lane<'_, T> {
    /// Where the cell at a tap of the first point of row 0 lies, among cells of so many bytes.
    pub(crate) fn address(&self, tap: isize, bytes: usize) -> *const u8 {
        let cell = self.base.wrapping_add_signed(tap);
        let start: *const u8 = self.cells.as_ptr().cast();
        start.wrapping_add(cell.wrapping_mul(bytes))
    }
}

impl<'a> Lane<'a, u8> {
    /// The bytes as the elements they are; storage is aligned and whole.
    #[inline(always)]
    fn of<T: Element>(self) -> Lane<'a, T> {
        Lane {
            cells: bytemuck::cast_slice(self.cells),
            base: self.base,
            step: self.step,
        }
    }
}

/// The place of rows along the stencil axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Global index of the first point of row 0.
    pub index: [isize; MAX_AXES],
    /// 1 on the axis along which rows run, else 0.
    pub step: [isize; MAX_AXES],
    /// 1 on the axis along which rows follow each other, else 0.
    pub across: [isize; MAX_AXES],
    /// Extent of the outputs.
    pub extent: [isize; MAX_AXES],
    /// Of each output, the first row of its domain, and one past the last (narrower than its extent under `Valid`).
    pub domains: [[[isize; 2]; MAX_AXES]; MAX_FIELDS],
    /// Whether the axis is periodic.
    pub periodic: [bool; MAX_AXES],
}

/// A row of points, with everything a generated body may ask for: one of several side by side, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, S> {
    /// Which of the rows.
    pub number: usize,
    /// How far from its first point the part begins.
    pub first: usize,
    /// Number of points.
    pub len: usize,
    /// The fields the pass reads.
    pub fields: &'a [Lane<'a, S>],
    /// Storage distance of every tap.
    pub taps: &'a [isize],
    /// The coefficient fields as bytes, for each has elements of its own type; bases and distances count elements.
    pub coefficients: &'a [Lane<'a, u8>],
    /// Storage distance of every coefficient tap.
    pub coefficient_taps: &'a [isize],
    /// Where the rows lie.
    pub place: &'a Place,
    /// Whether the body may rely on it that the row runs along the last stencil axis.
    pub along: bool,
    /// How its cells travel between memory and the caches.
    pub traffic: Traffic<'a>,
    /// Entries of filters that rows beside this one have read.
    pub memo: &'a Memo,
}

/// How the cells of a row travel between memory and the caches.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// Cells to ask for before they are read, one stream for each field.
    pub streams: &'a [Stream],
    /// How values are stored.
    pub stores: Stores,
}

/// The cells of a field that a row is the first to read, as far ahead as they are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Those of the first point of the row.
    pub start: *const u8,
    /// Bytes of a point.
    pub bytes: usize,
    /// Bytes from a row to the next.
    pub step: usize,
}

/// Streams that a stencil may have: inputs, coefficients, and outputs that are overwritten.
pub(crate) const MAX_STREAMS: usize = 2 * MAX_FIELDS;

impl Stream {
    /// Becomes that of the next row.
    #[inline(always)]
    pub(crate) fn move_on(&mut self) {
        self.start = self.start.wrapping_add(self.step);
    }

    #[inline(always)]
    fn at(&self, point: usize) -> *const u8 {
        self.start.wrapping_add(point * self.bytes)
    }
}

impl Traffic<'_> {
    /// Nothing is asked for, values go through the caches.
    pub const PLAIN: Traffic<'static> = Traffic {
        streams: &[],
        stores: Stores::Plain,
    };
}

impl<'a, S: Arithmetic> Row<'a, S> {
    /// The field's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn tap(&self, field: usize, tap: usize) -> &'a [S] {
        self.slice(self.fields[field], self.taps[tap], self.len)
    }

    /// The field's cells at a tap that lies `ahead` cells after another one along the last stencil axis.
    ///
    /// Where the row runs along that axis both are found by one address, of which there are fewer than registers.
    #[inline(always)]
    pub fn tap_beside(&self, field: usize, tap: usize, other: usize, ahead: usize) -> &'a [S] {
        self.beside(self.fields[field], self.taps, [tap, other, ahead])
    }

    /// The coefficient's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn coefficient<T: Element>(&self, field: usize, tap: usize) -> &'a [T] {
        let distance = self.coefficient_taps[tap];
        self.slice(self.coefficients[field].of(), distance, self.len)
    }

    /// The coefficient's cells at a tap that lies `ahead` cells after another one along the last stencil axis.
    #[inline(always)]
    pub fn coefficient_beside<T: Element>(
        &self,
        field: usize,
        tap: usize,
        other: usize,
        ahead: usize,
    ) -> &'a [T] {
        let lane = self.coefficients[field].of();
        self.beside(lane, self.coefficient_taps, [tap, other, ahead])
    }

    /// The field's cell at the tap of point `i` alone: for rows where not every tap may be read.
    #[inline(always)]
    pub fn tap_at(&self, field: usize, tap: usize, i: usize) -> S {
        let lane = self.fields[field];
        lane.cells[self.start(lane, self.taps[tap]).wrapping_add(i)]
    }

    /// The coefficient's cell at the tap of point `i` alone.
    #[inline(always)]
    pub fn coefficient_at<T: Element>(&self, field: usize, tap: usize, i: usize) -> T {
        let lane = self.coefficients[field].of::<T>();
        lane.cells[self.start(lane, self.coefficient_taps[tap]).wrapping_add(i)]
    }

    /// Global index of point `i` displaced by `shift`, wrapped on a periodic axis.
    #[inline(always)]
    pub fn index(&self, axis: usize, shift: isize, i: usize) -> isize {
        let place = self.place;
        let index = self.along_axis(axis, i) + shift;
        if place.periodic[axis] && (index < 0 || index >= place.extent[axis]) {
            index.rem_euclid(place.extent[axis])
        } else {
            index
        }
    }

    /// Global index of point `i`, not wrapped.
    #[inline(always)]
    fn along_axis(&self, axis: usize, i: usize) -> isize {
        let place = self.place;
        place.index[axis]
            + place.step[axis] * (self.first + i) as isize
            + place.across[axis] * self.number as isize
    }

    /// Index of the cell at a distance from the row's first point.
    #[inline(always)]
    fn start<T>(&self, lane: Lane<'_, T>, distance: isize) -> usize {
        let first = lane.base.wrapping_add(self.number.wrapping_mul(lane.step));
        first.wrapping_add(self.first).wrapping_add_signed(distance)
    }

    #[inline(always)]
    fn slice<'b, T>(&self, lane: Lane<'b, T>, distance: isize, len: usize) -> &'b [T] {
        part(lane.cells, self.start(lane, distance), len)
    }

    /// The cells at a tap, of which it is known how far ahead of another one it lies if the row runs along their axis.
    #[inline(always)]
    fn beside<'b, T>(
        &self,
        lane: Lane<'b, T>,
        taps: &[isize],
        [tap, other, ahead]: [usize; 3],
    ) -> &'b [T] {
        match self.along {
            true => part(
                self.slice(lane, taps[other], self.len + ahead),
                ahead,
                self.len,
            ),
            false => self.slice(lane, taps[tap], self.len),
        }
    }

    /// Extent of the grid along the axis.
    #[inline(always)]
    pub fn extent(&self, axis: usize) -> isize {
        self.place.extent[axis]
    }

    /// Distance of the displaced point to the last index of the axis.
    #[inline(always)]
    pub fn from_high(&self, axis: usize, shift: isize, i: usize) -> isize {
        self.place.extent[axis] - 1 - self.index(axis, shift, i)
    }

    /// Whether the row `offset` away from point `i` belongs to the operator's domain.
    #[inline(always)]
    pub fn inside<const N: usize>(&self, offset: [isize; N], i: usize) -> bool {
        self.inside_of(0, offset, i)
    }

    /// Whether the row `offset` away from point `i` belongs to the domain of one output.
    #[inline(always)]
    pub fn inside_of<const N: usize>(&self, output: usize, offset: [isize; N], i: usize) -> bool {
        let place = self.place;
        let mut inside = true;
        for (axis, offset) in offset.into_iter().enumerate() {
            let index = self.along_axis(axis, i) + offset;
            let [first, end] = place.domains[output][axis];
            inside &= place.periodic[axis] | ((index >= first) & (index < end));
        }
        inside
    }

    /// Stores the value of every point: `formula(i)` gives one value per output.
    ///
    /// Block by block: the values of a block are local, which is what tells the compiler that they alias no tap, so that
    /// the loop over its points vectorises. A block is two lines, so that several sums are under way at a time.
    #[inline(always)]
    pub fn store<const P: usize>(&self, out: &mut [&mut [S]], formula: impl Fn(usize) -> [S; P]) {
        match const { (S::VECTORISES, size_of::<S>()) } {
            (false, _) => self.store_each(out, formula),
            (true, 4) => self.store_blocks::<P, 32>(out, formula),
            (true, 8) => self.store_blocks::<P, 16>(out, formula),
            (true, _) => self.store_blocks::<P, 8>(out, formula),
        }
    }

    /// As [`Row::store`], for formulas of more slices than there are registers: a block is one line.
    #[inline(always)]
    pub fn store_wide<const P: usize>(
        &self,
        out: &mut [&mut [S]],
        formula: impl Fn(usize) -> [S; P],
    ) {
        match const { (S::VECTORISES, size_of::<S>()) } {
            (false, _) => self.store_each(out, formula),
            (true, 4) => self.store_blocks::<P, 16>(out, formula),
            (true, 8) => self.store_blocks::<P, 8>(out, formula),
            (true, _) => self.store_blocks::<P, 4>(out, formula),
        }
    }

    /// Stores the value of every point, one after the other: for formulas with branches.
    #[inline(always)]
    pub fn store_each<const P: usize>(
        &self,
        out: &mut [&mut [S]],
        formula: impl Fn(usize) -> [S; P],
    ) {
        debug_assert_eq!(out.len(), P, "one row of output per value of the formula");
        for i in 0..self.len {
            for (out, value) in out.iter_mut().zip(formula(i)) {
                out[i] = value;
            }
        }
    }

    #[inline(always)]
    fn store_blocks<const P: usize, const N: usize>(
        &self,
        out: &mut [&mut [S]],
        formula: impl Fn(usize) -> [S; P],
    ) {
        let n = self.len;
        if n < N {
            return self.store_each(out, formula);
        }
        let out: &mut [&mut [S]; P] = out.try_into().expect("a row of output for each value");
        let lead = self.lead(out);
        let mut first = 0;
        loop {
            let block = Block::new(first, N, n);
            for stream in self.traffic.streams {
                let start = stream.at(self.first + first);
                // Most fields have elements of one size, which makes the number of lines a constant.
                match stream.bytes == size_of::<S>() {
                    true => fetch(start, const { N * size_of::<S>() }),
                    false => fetch(start, N * stream.bytes),
                }
            }
            let mut values = [[S::zeroed(); N]; P];
            #[expect(clippy::needless_range_loop, reason = "a point of all values")]
            for i in 0..N {
                let value = formula(block.index(i));
                for k in 0..P {
                    values[k][i] = value[k];
                }
            }
            for (values, out) in values.iter().zip(&mut *out) {
                self.traffic.stores.store(values, block.part_mut(out));
            }
            if first + N == n {
                return;
            }
            // The last block, and one that begins with a line, may compute some points a second time.
            let next = if first == 0 { N - lead } else { first + N };
            first = next.min(n - N);
        }
    }

    /// Points by which a line begins before the first output, if values go past the caches.
    #[inline(always)]
    fn lead(&self, out: &[&mut [S]]) -> usize {
        match (self.traffic.stores, out) {
            (Stores::Plain, _) | (_, []) => 0,
            (_, [first, ..]) => first.as_ptr().addr() % LINE / size_of::<S>(),
        }
    }
}
