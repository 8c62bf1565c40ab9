//! Consecutive rows with one formula.
//!
//! The one place that moves from row to row, and that sets old values aside which new ones replace: a body reads slices and
//! writes others.

use arrayvec::ArrayVec;

use crate::{
    scalar::Arithmetic,
    stencil::{
        Memo,
        row::{Lane, MAX_STREAMS, Row, Stream, Traffic},
        strip::STRIP,
        sweep::MAX_FIELDS,
    },
};

/// Points whose values are set aside at a time: few enough for the nearest cache, enough for the loop over them.
const ASIDE: usize = 512;

/// Fields that some tap is the first to read: inputs, coefficients, and outputs that are overwritten.
pub(crate) type Streams = ArrayVec<Stream, MAX_STREAMS>;

/// Rows of equal length, one beside the other in every field.
pub(crate) struct Tile<'a, S> {
    /// The first row.
    pub row: Row<'a, S>,
    pub rows: usize,
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

impl<S> Written<'_, S> {
    /// So many points of a row.
    #[inline(always)]
    pub(crate) fn row(&mut self, number: usize, first: usize, points: usize) -> &mut [S] {
        &mut self.cells[number * self.step + first..][..points]
    }

    /// The part from a point on.
    fn from(&mut self, number: usize, first: usize) -> Written<'_, S> {
        Written {
            cells: &mut self.cells[number * self.step + first..],
            ..*self
        }
    }
}

/// Rows of one formula: a first one, how many there are, and where their values go.
pub(crate) type Body<'a, S> = &'a dyn Fn(&Row<'_, S>, usize, &mut [Written<'_, S>]);

/// Values of a strip that are set aside, on lines of their own.
#[repr(align(64))]
struct Aside<S>([S; ASIDE]);

impl<S: Arithmetic> Tile<'_, S> {
    /// Calls a body for all rows, or strip by strip where old values or the entries of filters are set aside.
    pub(crate) fn run(&self, out: &mut [Written<'_, S>], memo: &mut Memo, body: Body<'_, S>) {
        let in_place = !self.overwritten.is_empty() || out.iter().any(|out| out.added);
        if !in_place && !self.filters {
            return body(&self.row, self.rows, out);
        }
        let mut aside: ArrayVec<Aside<S>, MAX_FIELDS> = ArrayVec::new();
        if in_place {
            aside.extend(out.iter().map(|_| Aside([S::ZERO; ASIDE])));
        }
        let len = self.row.len;
        let strip = if self.filters { STRIP } else { ASIDE };
        for first in (0..len).step_by(strip) {
            memo.forget();
            let mut streams = Streams::new();
            streams.extend(self.row.traffic.streams.iter().copied());
            for number in 0..self.rows {
                // Side by side along an axis of the grid alone, rows read the same filters.
                match self.row.place.across.contains(&1) {
                    true => memo.forget(),
                    false => memo.repeat(),
                }
                let row = Row {
                    number,
                    first,
                    len: strip.min(len - first),
                    traffic: Traffic {
                        streams: &streams,
                        ..self.row.traffic
                    },
                    memo,
                    ..self.row
                };
                if in_place {
                    self.in_place(&row, &mut aside, out, body);
                } else {
                    let mut out: ArrayVec<Written<'_, S>, MAX_FIELDS> =
                        out.iter_mut().map(|out| out.from(number, first)).collect();
                    body(&row, 1, &mut out);
                }
                streams.iter_mut().for_each(Stream::move_on);
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
        body: Body<'_, S>,
    ) {
        let (number, first, points) = (row.number, row.first, row.len);
        {
            let mut fields: ArrayVec<Lane<'_, S>, MAX_FIELDS> =
                row.fields.iter().copied().collect();
            let mut values: ArrayVec<Written<'_, S>, MAX_FIELDS> = ArrayVec::new();
            for (k, (Aside(aside), out)) in aside.iter_mut().zip(&mut *out).enumerate() {
                let (aside, added) = (&mut aside[..points], out.added);
                let cells = match added {
                    true => aside,
                    false => {
                        let cells = out.row(number, first, points);
                        if let Some(field) = self.overwritten.get(k) {
                            aside.copy_from_slice(cells);
                            fields[*field] = Lane {
                                cells: aside,
                                base: 0_usize.wrapping_sub(first),
                                step: 0,
                            };
                        }
                        cells
                    }
                };
                values.push(Written {
                    cells,
                    step: 0,
                    added,
                });
            }
            let row = Row {
                fields: &fields,
                ..*row
            };
            body(&row, 1, &mut values);
        }
        for (Aside(new), out) in aside.iter().zip(out) {
            if out.added {
                let cells = out.row(number, first, points);
                for (cell, new) in cells.iter_mut().zip(new) {
                    *cell = *cell + *new;
                }
            }
        }
    }
}
