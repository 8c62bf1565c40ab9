//! One row of points as the generated loops see it: shifted slices of equal length, and where on the grid it lies.
//!
//! Relies on the driver: every tap of an interior row lies within the field's storage, margin included.

use crate::scalar::Element;
use crate::stencil::Memo;
use crate::stencil::dispatch::{Block, LINE, Stores, fetch};
use crate::stencil::sweep::MAX_FIELDS;

/// Stencil axes a kernel can have.
pub const MAX_AXES: usize = 4;

/// Cells of one field, and where in them the row's first point is.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a, S> {
    /// The field's whole storage, margin included.
    pub cells: &'a [S],
    /// Index of the row's first point.
    pub base: usize,
}

impl<T> Lane<'_, T> {
    /// Where the cell at a tap of the row's first point lies, among cells of so many bytes.
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
        }
    }
}

/// The row's place along the stencil axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Global index of the row's first point.
    pub index: [isize; MAX_AXES],
    /// 1 on the axis along which the row runs, else 0.
    pub step: [isize; MAX_AXES],
    /// Extent of the outputs.
    pub extent: [isize; MAX_AXES],
    /// Of each output, the first row of its domain, and one past the last (narrower than its extent under `Valid`).
    pub domains: [[[isize; 2]; MAX_AXES]; MAX_FIELDS],
    /// Whether the axis is periodic.
    pub periodic: [bool; MAX_AXES],
}

/// A row of points, with everything a generated body may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, S> {
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
    /// Where the row lies.
    pub place: &'a Place,
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
    /// Those of the first point.
    pub start: *const u8,
    /// Bytes of a point.
    pub bytes: usize,
}

impl Traffic<'_> {
    /// Nothing is asked for, values go through the caches.
    pub const PLAIN: Traffic<'static> = Traffic {
        streams: &[],
        stores: Stores::Plain,
    };

    #[inline(always)]
    fn fetch(&self, first: usize, points: usize) {
        for stream in self.streams {
            fetch(
                stream.start.wrapping_add(first * stream.bytes),
                points * stream.bytes,
            );
        }
    }
}

impl<'a, S: Element> Row<'a, S> {
    /// The field's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn tap(&self, field: usize, tap: usize) -> &'a [S] {
        slice(self.fields[field], self.taps[tap], self.len)
    }

    /// The coefficient's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn coefficient<T: Element>(&self, field: usize, tap: usize) -> &'a [T] {
        slice(
            self.coefficients[field].of(),
            self.coefficient_taps[tap],
            self.len,
        )
    }

    /// The field's cell at the tap of point `i` alone: for rows where not every tap may be read.
    #[inline(always)]
    pub fn tap_at(&self, field: usize, tap: usize, i: usize) -> S {
        let lane = self.fields[field];
        lane.cells[lane
            .base
            .wrapping_add(i)
            .wrapping_add_signed(self.taps[tap])]
    }

    /// The coefficient's cell at the tap of point `i` alone.
    #[inline(always)]
    pub fn coefficient_at<T: Element>(&self, field: usize, tap: usize, i: usize) -> T {
        let lane = self.coefficients[field].of::<T>();
        lane.cells[lane
            .base
            .wrapping_add(i)
            .wrapping_add_signed(self.coefficient_taps[tap])]
    }

    /// Global index of point `i` displaced by `shift`, wrapped on a periodic axis.
    #[inline(always)]
    pub fn index(&self, axis: usize, shift: isize, i: usize) -> isize {
        let place = self.place;
        let index = place.index[axis] + place.step[axis] * i as isize + shift;
        if place.periodic[axis] && (index < 0 || index >= place.extent[axis]) {
            index.rem_euclid(place.extent[axis])
        } else {
            index
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
            let index = place.index[axis] + place.step[axis] * i as isize + offset;
            let [first, end] = place.domains[output][axis];
            inside &= place.periodic[axis] | ((index >= first) & (index < end));
        }
        inside
    }

    /// Stores the value of every point: `formula(i)` gives one value per output.
    ///
    /// Block by block: the values of a block are local, which is what tells the compiler that they alias no tap, so that
    /// the loop over its points vectorises.
    #[inline(always)]
    pub fn store<const P: usize>(&self, out: &mut [&mut [S]], formula: impl Fn(usize) -> [S; P]) {
        debug_assert_eq!(out.len(), P, "one row of output per value of the formula");
        // Two lines, so that several sums are under way at a time.
        match const { size_of::<S>() } {
            4 => self.store_blocks::<P, 32>(out, formula),
            8 => self.store_blocks::<P, 16>(out, formula),
            _ => self.store_blocks::<P, 8>(out, formula),
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
            for i in 0..n {
                for (out, value) in out.iter_mut().zip(formula(i)) {
                    out[i] = value;
                }
            }
            return;
        }
        let lead = self.lead(out);
        let mut first = 0;
        loop {
            self.traffic.fetch(first, N);
            let block = Block::new(first, N, n);
            let mut values = [[S::zeroed(); N]; P];
            #[expect(clippy::needless_range_loop, reason = "a point of all values")]
            for i in 0..N {
                let value = formula(block.index(i));
                for k in 0..P {
                    values[k][i] = value[k];
                }
            }
            for k in 0..P {
                self.traffic.stores.store(&values[k], &mut out[k][first..]);
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

#[inline(always)]
fn slice<'a, S>(lane: Lane<'a, S>, distance: isize, len: usize) -> &'a [S] {
    let cells = &lane.cells[lane.base.wrapping_add_signed(distance)..];
    &cells[..len]
}
