//! Consecutive rows with one formula.
//!
//! The one place that moves from strip to strip: filters are interpolated for a strip of all rows at a time.

use std::cell::Cell;

use arrayvec::ArrayVec;

use crate::{
    scalar::Arithmetic,
    stencil::{
        dispatch::{Stores, part},
        row::{MAX_FIELDS, Memo, Output, Row, STRIP, Stream, Streams, Traffic},
    },
};

/// From so many rows on, the entries of filters that they share had better stay in the nearest cache.
const MANY_ROWS: usize = 8;

/// Rows of equal length, one beside the other in every field.
pub(crate) struct Tile<'a, S> {
    /// The first row.
    pub row: Row<'a, S>,
    pub rows: usize,
    /// Where rows read filters, which are interpolated for a strip at a time: its points where many rows read the same.
    pub strip: Option<usize>,
}

/// The cells of an output from the first point of a tile to the last.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a, S> {
    pub cells: &'a [Cell<S>],
    /// From a row to the next; 0 where every row is written into the same cells, for nobody.
    pub step: usize,
    /// Whether values are added to the cells instead of taking their place.
    pub added: bool,
}

impl<'a, S> Written<'a, S> {
    /// So many points of a row, stored as said unless they are added.
    #[inline(always)]
    pub(crate) fn row(
        &self,
        number: usize,
        first: usize,
        points: usize,
        stores: Stores,
    ) -> Output<'a, S> {
        Output {
            cells: part(self.cells, number * self.step + first, points),
            stores: if self.added { Stores::Added } else { stores },
        }
    }

    /// The part from a point on.
    fn from(&self, number: usize, first: usize) -> Self {
        Written {
            cells: &self.cells[number * self.step + first..],
            ..*self
        }
    }
}

/// Rows of one formula: a first one, how many there are, and where their values go.
pub(crate) type Body<'a, S> = &'a dyn Fn(&Row<'_, S>, usize, &[Written<'_, S>]);

impl<S: Arithmetic> Tile<'_, S> {
    /// Calls a body for all rows, or strip by strip where they read filters.
    pub(crate) fn run(&self, out: &[Written<'_, S>], memo: &mut Memo, body: Body<'_, S>) {
        let Some(strip) = self.strip else {
            return body(&self.row, self.rows, out);
        };
        // Side by side along an axis of the grid alone, rows read the same filters.
        let alike = !self.row.place.across.contains(&1);
        let (strip, rows) = match alike && self.rows >= MANY_ROWS {
            true => (strip, self.rows),
            false => (STRIP, if alike { self.rows } else { 1 }),
        };
        let len = self.row.len;
        for first in (0..len).step_by(strip) {
            let mut streams = Streams::new();
            streams.extend(self.row.traffic.streams.iter().copied());
            for number in (0..self.rows).step_by(rows) {
                memo.forget();
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
                let out: ArrayVec<Written<'_, S>, MAX_FIELDS> =
                    out.iter().map(|out| out.from(number, first)).collect();
                body(&row, rows, &out);
                streams.iter_mut().for_each(Stream::move_on);
            }
        }
    }
}
