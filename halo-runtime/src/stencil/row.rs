//! One row of points as the generated loops see it: shifted slices of equal length, and where on the grid it lies.
//!
//! Relies on the driver: every tap of an interior row lies within the field's storage, margin included.

use std::cell::Cell;
use std::marker::PhantomData;

use crate::scalar::{Arithmetic, Element, Lanes};
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

/// A row as a generated body sees it: its formula is evaluated on `V`, one number or several side by side.
pub type Points<'a, V> = Row<'a, <V as Lanes>::Number, V>;

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

/// A row of points, with everything a generated body may ask for: one of several side by side, or a part of it.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, S, V = S> {
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
    /// For each output the field whose values its own replace; empty where nothing is replaced.
    pub overwritten: &'static [usize],
    /// How its cells travel between memory and the caches.
    pub traffic: Traffic<'a>,
    /// Entries of filters that rows beside this one have read.
    pub memo: &'a Memo,
    /// What the formula is evaluated on.
    pub lanes: PhantomData<V>,
}

/// The cells of a field at a tap, one per point of a row.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a, V: Lanes>(&'a [V::Number]);

impl<V: Lanes> Cells<'_, V> {
    /// Those of the points from one on.
    #[inline(always)]
    pub fn at(&self, point: usize) -> V {
        V::read(self.0, point)
    }
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

impl<'a, S> Row<'a, S> {
    /// The same row for a formula that is evaluated on other lanes.
    #[inline(always)]
    pub(crate) fn of<V>(&self) -> Row<'a, S, V> {
        Row {
            number: self.number,
            first: self.first,
            len: self.len,
            fields: self.fields,
            taps: self.taps,
            coefficients: self.coefficients,
            coefficient_taps: self.coefficient_taps,
            place: self.place,
            along: self.along,
            overwritten: self.overwritten,
            traffic: self.traffic,
            memo: self.memo,
            lanes: PhantomData,
        }
    }
}

impl<'a, S: Element, V: Arithmetic<Number = S>> Row<'a, S, V> {
    /// The field's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn tap(&self, field: usize, tap: usize) -> Cells<'a, V> {
        Cells(self.slice(self.fields[field], self.taps[tap], self.len))
    }

    /// The field's cells at a tap that lies `ahead` cells after another one along the last stencil axis.
    ///
    /// Where the row runs along that axis both are found by one address, of which there are fewer than registers.
    #[inline(always)]
    pub fn tap_beside(&self, field: usize, tap: usize, other: usize, ahead: usize) -> Cells<'a, V> {
        Cells(self.beside(self.fields[field], self.taps, [tap, other, ahead]))
    }

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

    /// The coefficient's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn coefficient<P: Lanes>(&self, field: usize, tap: usize) -> Cells<'a, P> {
        let distance = self.coefficient_taps[tap];
        Cells(self.slice(self.coefficients[field].of(), distance, self.len))
    }

    /// The coefficient's cells at a tap that lies `ahead` cells after another one along the last stencil axis.
    #[inline(always)]
    pub fn coefficient_beside<P: Lanes>(
        &self,
        field: usize,
        tap: usize,
        other: usize,
        ahead: usize,
    ) -> Cells<'a, P> {
        let lane = self.coefficients[field].of();
        Cells(self.beside(lane, self.coefficient_taps, [tap, other, ahead]))
    }

    /// The coefficient's elements at the tap, one per point of the row, whatever type they have.
    #[inline(always)]
    pub fn elements<T: Element>(&self, field: usize, tap: usize) -> &'a [T] {
        let distance = self.coefficient_taps[tap];
        self.slice(self.coefficients[field].of(), distance, self.len)
    }

    /// The field's cell at the tap of point `i` alone: for rows where not every tap may be read.
    #[inline(always)]
    pub fn tap_at(&self, field: usize, tap: usize, i: usize) -> V {
        let lane = self.fields[field];
        V::read(lane.cells, self.start(lane, self.taps[tap]).wrapping_add(i))
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
        let lead = self.lead(&out, points);
        let mut first = 0;
        loop {
            let block = Block::new(first, points, self.len);
            self.fetch_ahead(first, points);
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
            // The last points, and those in front of a line, may be computed a second time.
            let next = if first == 0 {
                points - lead
            } else {
                first + points
            };
            first = next.min(last);
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
        let once = self.is_computed_once(&out);
        let lead = self.lead(&out, N);
        let mut first = 0;
        loop {
            let block = Block::new(first, N, n);
            self.fetch_ahead(first, N);
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
            if once && next > n - N {
                return self.store_from(next, &out, &formula);
            }
            first = next.min(n - N);
        }
    }

    /// Whether no point may be computed a second time, because it would read what the first has stored.
    #[inline(always)]
    pub(crate) fn is_computed_once(&self, out: &[Output<'_, S>]) -> bool {
        !self.overwritten.is_empty() || out.iter().any(|out| out.stores == Stores::Added)
    }

    /// Asks for the cells that so many points from one on are ahead of.
    #[inline(always)]
    fn fetch_ahead(&self, first: usize, points: usize) {
        for stream in self.traffic.streams {
            let start = stream.at(self.first + first);
            // Most fields have elements of one size, which makes the number of lines a constant.
            match stream.bytes == size_of::<S>() {
                true => fetch(start, points * size_of::<S>()),
                false => fetch(start, points * stream.bytes),
            }
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
