//! Rows whose values take the place of old ones. A row body reads slices and writes others, so the old values of a few
//! points at a time are set aside, where the body finds them as those of the field that is overwritten.
//!
//! Relies on the macro: of what is overwritten a row reads its own point alone.

use arrayvec::ArrayVec;

use crate::{
    scalar::Arithmetic,
    stencil::{
        row::{Lane, Row},
        sweep::{MAX_FIELDS, Segment, Sweep},
    },
};

/// Points at a time: enough for the loop over them, and few enough to stay in the nearest cache.
const STRIP: usize = 256;

impl<S: Arithmetic, const D: usize> Sweep<'_, S, D> {
    /// Computes the row `out`, whose old values are those of the overwritten fields.
    pub(super) fn overwrite(&self, segment: Segment, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        let mut old: ArrayVec<[S; STRIP], MAX_FIELDS> =
            out.iter().map(|_| [S::ZERO; STRIP]).collect();
        for start in (0..row.len).step_by(STRIP) {
            let len = STRIP.min(row.len - start);
            let mut strip: ArrayVec<&mut [S], MAX_FIELDS> = ArrayVec::new();
            for (out, old) in out.iter_mut().zip(&mut old) {
                let out = &mut out[start..start + len];
                old[..len].copy_from_slice(out);
                strip.push(out);
            }
            let mut fields: ArrayVec<Lane<'_, S>, MAX_FIELDS> =
                row.fields.iter().map(|lane| ahead(lane, start)).collect();
            for (field, old) in self.overwritten.iter().zip(&old) {
                fields[*field] = Lane {
                    cells: old,
                    base: 0,
                };
            }
            let coefficients: ArrayVec<Lane<'_, u8>, MAX_FIELDS> = row
                .coefficients
                .iter()
                .map(|lane| ahead(lane, start))
                .collect();
            let mut place = *row.place;
            for (index, step) in place.index.iter_mut().zip(place.step) {
                *index += step * start as isize;
            }
            let here = Row {
                len,
                fields: &fields,
                coefficients: &coefficients,
                place: &place,
                ..*row
            };
            self.compute(segment, &here, &mut strip);
        }
    }
}

/// The lane from a later point of the row on.
fn ahead<'a, T>(lane: &Lane<'a, T>, points: usize) -> Lane<'a, T> {
    Lane {
        cells: lane.cells,
        base: lane.base.wrapping_add(points),
    }
}
