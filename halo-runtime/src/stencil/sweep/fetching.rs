//! What a sweep asks memory for ahead: each field where it is read first, by those that read it first.

use crate::{
    scalar::Arithmetic,
    stencil::{
        row::{Stream, Streams},
        sweep::{Cursor, Sweep, Written, step},
    },
};

/// Where rows are short strips, what so many rows further on will read is asked for.
const ROWS_AHEAD: usize = 2;

impl<S: Arithmetic, const D: usize> Sweep<'_, S, D> {
    /// What to fetch ahead for the rows of a tile: each field where it is read first, by those that read it first.
    pub(super) fn streams(
        &self,
        cursor: &Cursor<'_, S>,
        out: &[Written<'_, S>],
        reader: Reader,
    ) -> Streams {
        let mut streams = Streams::new();
        if !self.far || self.tuning.fetch_ahead == 0 {
            return streams;
        }
        let mut add = |start: *const u8, bytes, step: usize| {
            let step = step * bytes;
            let ahead = match self.filters {
                true => ROWS_AHEAD * step,
                false => 0,
            };
            let start = start.wrapping_add(ahead);
            streams.push(Stream { start, bytes, step });
        };
        let (bytes, made_of) = (size_of::<S>(), self.pass.made_of);
        for (number, lane) in cursor.fields.iter().enumerate() {
            let first = furthest(&self.pass.taps, self.taps, number, reader, made_of.fields);
            if let (Some(first), false) = (first, self.overwritten.contains(&number)) {
                add(
                    lane.address(first, bytes),
                    bytes,
                    step(self.fields[number].layout),
                );
            }
        }
        for (number, lane) in cursor.coefficients.iter().enumerate() {
            let layout = self.coefficients[number].layout;
            let bytes = lane.cells.len() / layout.len();
            let (taps, distances) = (&self.pass.coefficients, self.coefficient_taps);
            if let Some(first) = furthest(taps, distances, number, reader, made_of.coefficients) {
                add(lane.address(first, bytes), bytes, step(layout));
            }
        }
        for (number, out) in out.iter().enumerate() {
            if out.added || number < self.overwritten.len() {
                add(out.cells.as_ptr().cast(), bytes, out.step);
            }
        }
        if !self.filters {
            // All together have so many bytes under way.
            let ahead = self.tuning.fetch_ahead / streams.len().max(1);
            for stream in &mut streams {
                stream.start = stream.start.wrapping_add(ahead);
            }
        }
        streams
    }
}

/// Who reads a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Rows,
    Intermediates,
}

/// Storage distance of a field's tap that a sweep meets first; none for rows that read what intermediate fields, made of some
/// of the taps, have read before.
fn furthest<const D: usize>(
    taps: &[(usize, [isize; D])],
    distances: &[isize],
    field: usize,
    reader: Reader,
    made_of: &[usize],
) -> Option<isize> {
    let is_read = |tap: &usize| taps[*tap].0 == field;
    let distance = |tap: usize| distances[tap];
    let intermediates = made_of.iter().copied().filter(is_read).map(distance).max();
    match (reader, intermediates) {
        (Reader::Intermediates, first) => first,
        (Reader::Rows, Some(_)) => None,
        (Reader::Rows, None) => (0..taps.len()).filter(is_read).map(distance).max(),
    }
}
