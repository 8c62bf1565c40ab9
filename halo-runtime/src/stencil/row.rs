//! One row of points as the generated loops see it: shifted slices of equal length, and where on the grid it lies.
//!
//! Relies on the driver: every tap of an interior row lies within the field's storage, margin included.

mod memo;
mod output;
mod strip;
mod traffic;

use std::marker::PhantomData;

use crate::{
    scalar::{Arithmetic, Element, Lanes},
    stencil::dispatch::part,
};

pub use self::{
    memo::Memo,
    output::{Output, Outputs},
};
pub(crate) use self::{
    strip::{SHORT_STRIP, STRIP},
    traffic::{Stream, Streams, Traffic},
};

/// Fields on either side of a stencil, at most.
pub const MAX_FIELDS: usize = 8;

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
    /// Whether no point may be computed a second time: it would read what the first has stored.
    pub once: bool,
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

impl<'a, V: Lanes> Cells<'a, V> {
    /// Cells one per point of a row.
    #[inline(always)]
    pub(crate) fn of(cells: &'a [V::Number]) -> Self {
        Cells(cells)
    }

    /// Those of the points from one on.
    #[inline(always)]
    pub fn at(&self, point: usize) -> V {
        V::read(self.0, point)
    }
}

/// The cells of a field around the points of a row, by the number of a tap.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a, V: Lanes> {
    cells: &'a [V::Number],
    /// That of the row's first point.
    start: usize,
    taps: &'a [isize],
}

impl<V: Lanes> Around<'_, V> {
    /// Those at a tap of the points from one on.
    #[inline(always)]
    pub fn at(&self, tap: usize, point: usize) -> V {
        let place = self.start.wrapping_add_signed(self.taps[tap]);
        V::read(self.cells, place.wrapping_add(point))
    }
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
            once: self.once,
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

    /// The field's cells, for sums that find a tap by its number.
    #[inline(always)]
    pub fn field(&self, field: usize) -> Around<'a, V> {
        let lane = self.fields[field];
        Around {
            cells: lane.cells,
            start: self.start(lane, 0),
            taps: self.taps,
        }
    }

    /// [`Row::field`] of a coefficient.
    #[inline(always)]
    pub fn coefficient_field<P: Lanes>(&self, field: usize) -> Around<'a, P> {
        let lane = self.coefficients[field].of();
        Around {
            cells: lane.cells,
            start: self.start(lane, 0),
            taps: self.coefficient_taps,
        }
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
}
