//! What rows read again: how much of it stays in the cache.

use crate::{
    grid::Region,
    scalar::Arithmetic,
    stencil::{
        geometry::PassGeometry,
        sweep::{MAX_INTERMEDIATES, Sweep},
    },
};

impl<S: Arithmetic, const D: usize> Sweep<'_, S, D> {
    /// Rows of a plane such that what is read of all planes stays in a thread's share of the cache until the last row that
    /// reads it; all of them, as a rule.
    pub(super) fn rows_held(&self, region: &Region<D>) -> usize {
        match self.far && D > 2 {
            true => {
                let share = self.tuning.cache / 2 / self.tuning.threads;
                share / self.bytes_of_rows(region).max(1)
            }
            false => usize::MAX,
        }
    }

    /// Bytes that are read for a row of every plane that a row reads.
    fn bytes_of_rows(&self, region: &Region<D>) -> usize {
        let PassGeometry {
            taps,
            coefficients,
            intermediates,
            made_of,
            ..
        } = self.pass;
        // What intermediate fields are made of, rows that many planes behind may read again.
        let ahead = intermediates.iter().map(|(_, offset)| offset[0]).max();
        let behind = ahead.map_or(0, |ahead| ahead.max(0).unsigned_abs());
        let held = |taps: &[(usize, [isize; D])], made_of: &[usize], field| {
            let again = made_of.iter().any(|tap| taps[*tap].0 == field);
            planes(taps, made_of, field) + if again { behind } else { 0 }
        };
        let fields = (0..self.fields.len()).map(|field| held(taps, made_of.fields, field));
        let shared = (0..MAX_INTERMEDIATES).map(|field| planes(intermediates, &[], field));
        let bytes_of_fields = fields.chain(shared).sum::<usize>() * size_of::<S>();
        let of_coefficients = self.coefficients.iter().enumerate().map(|(field, source)| {
            let bytes = source.cells.len() / source.layout.len();
            held(coefficients, made_of.coefficients, field) * bytes
        });
        region.len(D - 1) * (bytes_of_fields + of_coefficients.sum::<usize>())
    }
}

/// Planes of a field that are read again and again: by intermediate fields, which are made of some of the taps, or else by all.
fn planes<const D: usize>(taps: &[(usize, [isize; D])], made_of: &[usize], field: usize) -> usize {
    let chosen = |tap: &usize| taps[*tap].0 == field;
    let extent = |taps: &mut dyn Iterator<Item = isize>| {
        let [mut first, mut last] = [isize::MAX, isize::MIN];
        taps.for_each(|offset| (first, last) = (first.min(offset), last.max(offset)));
        (first <= last).then(|| last.abs_diff(first) + 1)
    };
    let offset = |tap: usize| taps[tap].1[0];
    let intermediates = extent(&mut made_of.iter().copied().filter(chosen).map(offset));
    let all = || extent(&mut (0..taps.len()).filter(chosen).map(offset));
    intermediates.or_else(all).unwrap_or(0)
}
