//! The walk over a region of points: row by row along the contiguous axis, each row cut where its formula changes.
//!
//! Spelled once for forward and adjoint and all stencils. Pieces of a region are independent, so they may run on any number of threads.

use arrayvec::ArrayVec;

use crate::{
    field::Layout,
    grid::Region,
    scalar::Arithmetic,
    stencil::{
        dispatch::Dispatch,
        geometry::{Geometry, PassGeometry},
        row::{Lane, Place, Row},
        rows::Rows,
        workers,
    },
};

/// Fields on either side of a stencil, at most.
pub const MAX_FIELDS: usize = 8;

/// A field that is read: where its cells are, as values or, for coefficients, as bytes.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a, S, const D: usize> {
    pub cells: &'a [S],
    pub layout: Layout<D>,
}

/// Everything a sweep reads, and which way it goes.
pub(crate) struct Sweep<'a, S, const D: usize> {
    pub rows: &'a dyn Rows<S>,
    pub geometry: &'a Geometry<D>,
    pub pass: &'a PassGeometry<D>,
    /// The points that are computed, in global indices; the others are zero.
    pub domain: Region<D>,
    /// First cell of the block, in global indices.
    pub origin: [isize; D],
    pub fields: ArrayVec<Source<'a, S, D>, MAX_FIELDS>,
    pub taps: &'a [isize],
    pub coefficients: &'a [Source<'a, u8, D>],
    pub coefficient_taps: &'a [isize],
    /// For each target the field whose old values are the target's own; empty where nothing is overwritten.
    pub overwritten: &'static [usize],
    pub dispatch: Dispatch,
    pub threads: usize,
}

/// A field that is written, or the part of it from cell `first` on.
pub(crate) struct Target<'a, S, const D: usize> {
    pub cells: &'a mut [S],
    pub first: usize,
    /// `None` where the values are for nobody: every row is written into the same cells.
    pub layout: Option<Layout<D>>,
}

pub(crate) type Targets<'a, S, const D: usize> = ArrayVec<Target<'a, S, D>, MAX_FIELDS>;

/// What the points of a segment of a row get.
#[derive(Clone, Copy)]
pub(super) enum Segment {
    Zero,
    Edge,
    Interior,
}

impl<S: Arithmetic, const D: usize> Sweep<'_, S, D> {
    /// Computes the points of a region of local indices, on the rank's workers if it is large.
    pub(crate) fn run(&self, region: Region<D>, targets: Targets<'_, S, D>) {
        if region.is_empty() {
            return;
        }
        // Cells that every row is written into belong to one thread.
        let shared = targets.iter().any(|target| target.layout.is_none());
        let threads = if shared { 1 } else { self.threads };
        let pieces = workers::pieces(threads, region.count()).min(region.len(0));
        let pool = if pieces > 1 {
            workers::pool(self.threads)
        } else {
            None
        };
        match pool {
            Some(pool) => pool.install(|| self.split(region, targets, pieces)),
            None => self.piece(region, targets),
        }
    }

    /// Cuts the region along axis 0, where the storage of its parts is disjoint.
    fn split(&self, region: Region<D>, targets: Targets<'_, S, D>, pieces: usize) {
        if pieces == 1 {
            return self.piece(region, targets);
        }
        let planes = region.len(0) * (pieces / 2) / pieces;
        let middle = region.start[0] + planes as isize;
        let lower = region.with_axis(0, region.start[0], middle);
        let upper = region.with_axis(0, middle, region.end[0]);
        let mut below = Targets::new();
        let mut above = Targets::new();
        for target in targets {
            let cut = target.offset(upper.start);
            let (a, b) = target.cells.split_at_mut(cut);
            below.push(Target {
                cells: a,
                first: target.first,
                layout: target.layout,
            });
            above.push(Target {
                cells: b,
                first: target.first + cut,
                layout: target.layout,
            });
        }
        rayon::join(
            || self.split(lower, below, pieces / 2),
            || self.split(upper, above, pieces - pieces / 2),
        );
    }

    fn piece(&self, region: Region<D>, mut targets: Targets<'_, S, D>) {
        self.rows(region, &mut targets);
    }

    fn rows(&self, region: Region<D>, targets: &mut [Target<'_, S, D>]) {
        let last = D - 1;
        let mut cursor = Cursor {
            fields: self.fields.iter().map(Source::lane).collect(),
            coefficients: self.coefficients.iter().map(Source::lane).collect(),
            place: self.geometry.place(),
        };
        let mut index = region.start;
        loop {
            self.row(&mut cursor, index, region.end[last], targets);
            // The next row: an odometer over all axes but the last.
            let mut axis = last;
            loop {
                if axis == 0 {
                    return;
                }
                axis -= 1;
                index[axis] += 1;
                if index[axis] < region.end[axis] {
                    break;
                }
                index[axis] = region.start[axis];
            }
        }
    }

    /// One row from local index `start` up to `end` on the last axis, cut at the ends of domain and interior.
    #[inline]
    fn row<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        start: [isize; D],
        end: isize,
        targets: &mut [Target<'_, S, D>],
    ) {
        let last = D - 1;
        let pass = self.pass;
        let mut global: [isize; D] = std::array::from_fn(|axis| start[axis] + self.origin[axis]);
        let stop = end + self.origin[last];
        let across = |region: &Region<D>| {
            (0..last).fold(true, |within, axis| {
                within & (region.start[axis] <= global[axis]) & (global[axis] < region.end[axis])
            })
        };
        let (inside, interior) = (across(&self.domain), across(&pass.interior));
        let first = global[last];
        let [d0, d1] = match inside {
            true => clip(
                [self.domain.start[last], self.domain.end[last]],
                first,
                stop,
            ),
            false => [stop, stop],
        };
        let [i0, i1] = match interior {
            true => clip([pass.interior.start[last], pass.interior.end[last]], d0, d1),
            false => [d1, d1],
        };
        let segments = [
            (first, d0, Segment::Zero),
            (d0, i0, Segment::Edge),
            (i0, i1, Segment::Interior),
            (i1, d1, Segment::Edge),
            (d1, stop, Segment::Zero),
        ];
        for (from, to, segment) in segments {
            if from < to {
                let mut local = start;
                local[last] = from - self.origin[last];
                global[last] = from;
                self.segment(
                    cursor,
                    segment,
                    local,
                    &global,
                    (to - from) as usize,
                    targets,
                );
            }
        }
    }

    #[inline]
    fn segment<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        segment: Segment,
        local: [isize; D],
        global: &[isize; D],
        len: usize,
        targets: &mut [Target<'_, S, D>],
    ) {
        let mut out: ArrayVec<&mut [S], MAX_FIELDS> = ArrayVec::new();
        for target in targets {
            let at = target.offset(local);
            out.push(&mut target.cells[at..at + len]);
        }
        if matches!(segment, Segment::Zero) {
            out.iter_mut().for_each(|row| row.fill(S::ZERO));
            return;
        }
        for (lane, source) in cursor.fields.iter_mut().zip(&self.fields) {
            lane.base = source.base(local);
        }
        for (lane, source) in cursor.coefficients.iter_mut().zip(self.coefficients) {
            lane.base = source.base(local);
        }
        for (index, &axis) in cursor
            .place
            .index
            .iter_mut()
            .zip(self.geometry.placing.axes())
        {
            *index = global[axis];
        }
        let row = Row {
            len,
            fields: &cursor.fields,
            taps: self.taps,
            coefficients: &cursor.coefficients,
            coefficient_taps: self.coefficient_taps,
            place: &cursor.place,
        };
        if self.overwritten.is_empty() {
            self.compute(segment, &row, &mut out);
        } else {
            self.overwrite(segment, &row, &mut out);
        }
    }

    #[inline]
    pub(super) fn compute(&self, segment: Segment, row: &Row<'_, S>, out: &mut [&mut [S]]) {
        match segment {
            Segment::Interior => self.rows.interior(self.dispatch, row, out),
            _ => self.rows.edge(row, out),
        }
    }
}

impl<S, const D: usize> Target<'_, S, D> {
    /// Index of the cell at a local index.
    #[inline(always)]
    fn offset(&self, local: [isize; D]) -> usize {
        match &self.layout {
            Some(layout) => layout.offset(local) - self.first,
            None => 0,
        }
    }
}

impl<'a, S, const D: usize> Source<'a, S, D> {
    fn lane(&self) -> Lane<'a, S> {
        Lane {
            cells: self.cells,
            base: 0,
        }
    }

    /// Index of the cell at a local index.
    #[inline(always)]
    fn base(&self, local: [isize; D]) -> usize {
        // Points beyond the end of the grid may lie outside this field's margin; their rows read only cells that exist.
        let strides = self.layout.strides();
        let distance: isize = (0..D)
            .map(|axis| local[axis] * strides[axis] as isize)
            .sum();
        self.layout.origin().wrapping_add_signed(distance)
    }
}

/// What a row is described by, kept from row to row: only where it begins changes.
struct Cursor<'a, S> {
    fields: ArrayVec<Lane<'a, S>, MAX_FIELDS>,
    coefficients: ArrayVec<Lane<'a, u8>, MAX_FIELDS>,
    place: Place,
}

#[inline(always)]
fn clip([start, end]: [isize; 2], low: isize, high: isize) -> [isize; 2] {
    let start = start.max(low).min(high);
    [start, end.max(start).min(high)]
}
