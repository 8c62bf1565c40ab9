//! Consecutive rows with one formula.
//!
//! The one place that moves from row to row, and that sets old values aside which new ones replace: a body reads slices and
//! writes others.

use arrayvec::ArrayVec;

use crate::{
    scalar::Arithmetic,
    stencil::{
        Memo,
        row::{Lane, Place, Row, Stream, Traffic},
        strip::STRIP,
        sweep::MAX_FIELDS,
    },
};

/// Points whose values are set aside at a time: few enough for the nearest cache, enough for the loop over them.
const ASIDE: usize = 256;

/// Fields that some tap is the first to read: inputs, coefficients, and outputs that are overwritten.
pub(crate) type Streams = ArrayVec<Stream, { 2 * MAX_FIELDS }>;

/// Rows of equal length, one beside the other in every field.
pub(crate) struct Tile<'a, S> {
    /// The first row.
    pub row: Row<'a, S>,
    pub rows: usize,
    /// Storage distance from a row to the next, of each field and of each coefficient.
    pub steps: &'a [usize],
    pub coefficient_steps: &'a [usize],
    /// The same in bytes, of each stream.
    pub stream_steps: &'a [usize],
    /// The stencil axis along which the rows follow each other; none where the stencil does not act along it.
    pub across: Option<usize>,
    /// For each output the field whose old values are the output's own; empty where nothing is overwritten.
    pub overwritten: &'static [usize],
    /// Whether rows read filters, which are interpolated for a strip at a time.
    pub filters: bool,
}

/// The cells of an output from the first point of a tile to the last.
pub(crate) struct Written<'a, S> {
    pub cells: &'a mut [S],
    /// From a row to the next; 0 where every row is written into the same cells, for nobody.
    pub step: usize,
    /// Whether values are added to the cells instead of taking their place.
    pub added: bool,
}

/// Values of a strip that are set aside, on lines of their own.
#[repr(align(64))]
struct Aside<S>([S; ASIDE]);

impl<S: Arithmetic> Tile<'_, S> {
    /// Calls a body for every row, or strip by strip where old values or the entries of filters are set aside.
    pub(crate) fn run(
        &self,
        out: &mut [Written<'_, S>],
        memo: &mut Memo,
        body: impl Fn(&Row<'_, S>, &mut [&mut [S]]),
    ) {
        let len = self.row.len;
        let in_place = !self.overwritten.is_empty() || out.iter().any(|out| out.added);
        let strip = match in_place {
            _ if self.filters => STRIP,
            true => ASIDE,
            false => len,
        };
        let mut aside: ArrayVec<Aside<S>, MAX_FIELDS> = ArrayVec::new();
        if in_place {
            aside.extend(out.iter().map(|_| Aside([S::ZERO; ASIDE])));
        }
        for first in (0..len).step_by(strip) {
            let points = strip.min(len - first);
            let mut lanes = Lanes::of(self);
            lanes.along_row(first);
            memo.forget();
            for number in 0..self.rows {
                match self.across {
                    Some(_) => memo.forget(),
                    None => memo.repeat(),
                }
                let row = lanes.row(&self.row, points, memo);
                match in_place {
                    false => body(&row, &mut values(out, number, first, points)),
                    true => self.in_place(&row, &mut aside, out, [number, first], &body),
                }
                lanes.advance(self);
            }
        }
    }

    /// Computes a strip whose values take the place of old ones, or are added to them. Old values that the body reads are set
    /// aside first; so are new ones, until they are added.
    fn in_place(
        &self,
        row: &Row<'_, S>,
        aside: &mut [Aside<S>],
        out: &mut [Written<'_, S>],
        [number, first]: [usize; 2],
        body: impl Fn(&Row<'_, S>, &mut [&mut [S]]),
    ) {
        let points = row.len;
        {
            let mut fields: ArrayVec<Lane<'_, S>, MAX_FIELDS> =
                row.fields.iter().copied().collect();
            let mut values: ArrayVec<&mut [S], MAX_FIELDS> = ArrayVec::new();
            for (k, (Aside(aside), out)) in aside.iter_mut().zip(&mut *out).enumerate() {
                let aside = &mut aside[..points];
                if out.added {
                    values.push(aside);
                    continue;
                }
                let cells = &mut out.cells[number * out.step + first..][..points];
                if let Some(field) = self.overwritten.get(k) {
                    aside.copy_from_slice(cells);
                    fields[*field] = Lane {
                        cells: aside,
                        base: 0,
                    };
                }
                values.push(cells);
            }
            let row = Row {
                fields: &fields,
                ..*row
            };
            body(&row, &mut values);
        }
        for (Aside(new), out) in aside.iter().zip(out) {
            if out.added {
                let cells = &mut out.cells[number * out.step + first..][..points];
                for (cell, new) in cells.iter_mut().zip(new) {
                    *cell = *cell + *new;
                }
            }
        }
    }
}

/// The outputs of so many points of a row.
#[inline(always)]
fn values<'a, S>(
    out: &'a mut [Written<'_, S>],
    number: usize,
    first: usize,
    points: usize,
) -> ArrayVec<&'a mut [S], MAX_FIELDS> {
    let mut values = ArrayVec::new();
    for out in out {
        values.push(&mut out.cells[number * out.step + first..][..points]);
    }
    values
}

/// What of a row's description changes from row to row.
#[derive(Clone)]
struct Lanes<'a, S> {
    fields: ArrayVec<Lane<'a, S>, MAX_FIELDS>,
    coefficients: ArrayVec<Lane<'a, u8>, MAX_FIELDS>,
    streams: Streams,
    place: Place,
}

impl<'a, S: Arithmetic> Lanes<'a, S> {
    /// Those of a tile's first row.
    fn of(tile: &Tile<'a, S>) -> Self {
        let row = &tile.row;
        Lanes {
            fields: row.fields.iter().copied().collect(),
            coefficients: row.coefficients.iter().copied().collect(),
            streams: row.traffic.streams.iter().copied().collect(),
            place: *row.place,
        }
    }

    /// The row here, with what all rows have in common.
    #[inline(always)]
    fn row<'b>(&'b self, like: &Row<'b, S>, len: usize, memo: &'b Memo) -> Row<'b, S> {
        Row {
            len,
            fields: &self.fields,
            coefficients: &self.coefficients,
            place: &self.place,
            traffic: Traffic {
                streams: &self.streams,
                ..like.traffic
            },
            memo,
            ..*like
        }
    }

    #[inline(always)]
    fn advance(&mut self, tile: &Tile<'_, S>) {
        for (lane, step) in self.fields.iter_mut().zip(tile.steps) {
            lane.base = lane.base.wrapping_add(*step);
        }
        for (lane, step) in self.coefficients.iter_mut().zip(tile.coefficient_steps) {
            lane.base = lane.base.wrapping_add(*step);
        }
        for (stream, step) in self.streams.iter_mut().zip(tile.stream_steps) {
            stream.start = stream.start.wrapping_add(*step);
        }
        if let Some(axis) = tile.across {
            self.place.index[axis] += 1;
        }
    }

    #[inline(always)]
    fn along_row(&mut self, points: usize) {
        for lane in &mut self.fields {
            lane.base = lane.base.wrapping_add(points);
        }
        for lane in &mut self.coefficients {
            lane.base = lane.base.wrapping_add(points);
        }
        for stream in &mut self.streams {
            stream.start = stream.start.wrapping_add(points * stream.bytes);
        }
        for (index, step) in self.place.index.iter_mut().zip(self.place.step) {
            *index += step * points as isize;
        }
    }
}
