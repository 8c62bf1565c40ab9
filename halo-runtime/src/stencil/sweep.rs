//! The walk over a region of points: tile by tile of a few rows along the contiguous axis, cut where the formula changes.
//!
//! Spelled once for forward and adjoint and all stencils. Pieces of a region are independent, so they may run on any number of threads.

mod fetching;
mod intermediates;
mod order;
mod reuse;
mod rows;
mod tile;

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;

use arrayvec::ArrayVec;

use crate::{
    field::Layout,
    grid::Region,
    scalar::Arithmetic,
    stencil::{
        dispatch::{Dispatch, LINE, Stores},
        geometry::{Geometry, PassGeometry},
        row::{Lane, MAX_FIELDS, Memo, Place, Row, Streams, Traffic},
        tuning::Tuning,
        workers,
    },
};

pub(crate) use self::rows::{Adjoint, Forward, Rows};
use self::{
    fetching::Reader,
    intermediates::{MAX_INTERMEDIATES, Planes, Reads, Room},
    order::{ROWS, ROWS_WITH_FILTERS, across, slabs, tiles},
    tile::{Tile, Written},
};

thread_local! {
    /// Kept from sweep to sweep, so that only a thread's first one allocates.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Room for what a thread computes once for several rows.
#[derive(Default)]
struct Scratch {
    memo: Memo,
    room: Room,
}

/// What is computed once for several rows of a piece.
struct Kept<'a, const D: usize> {
    memo: &'a mut Memo,
    planes: Option<Planes<'a, D>>,
}

/// Bytes of a row that are not worth fetching ahead.
const SHORT_ROW: usize = 64;

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
    /// Whether the old values of some target are read.
    pub in_place: bool,
    /// Whether rows read filters.
    pub filters: bool,
    pub dispatch: Dispatch,
    pub tuning: &'a Tuning,
    /// Whether the fields are larger than the cache.
    pub far: bool,
}

/// A field that is written, or the part of it from cell `first` on.
pub(crate) struct Target<'a, S, const D: usize> {
    pub cells: &'a mut [S],
    pub first: usize,
    /// `None` where the values are for nobody: every row is written into the same cells.
    pub layout: Option<Layout<D>>,
    /// Whether values are added to what is there.
    pub added: bool,
}

pub(crate) type Targets<'a, S, const D: usize> = ArrayVec<Target<'a, S, D>, MAX_FIELDS>;

/// What the points of a tile, or of the part of one, get.
#[derive(Clone, Copy)]
enum Segment {
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
        let threads = if shared { 1 } else { self.tuning.threads };
        let pieces = workers::pieces(threads, region.count()).min(region.len(0));
        let pool = if pieces > 1 {
            workers::pool(self.tuning.threads)
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
                added: target.added,
            });
            above.push(Target {
                cells: b,
                first: target.first + cut,
                layout: target.layout,
                added: target.added,
            });
        }
        rayon::join(
            || self.split(lower, below, pieces / 2),
            || self.split(upper, above, pieces - pieces / 2),
        );
    }

    fn piece(&self, region: Region<D>, mut targets: Targets<'_, S, D>) {
        let mut cursor = Cursor {
            fields: self.fields.iter().map(Source::lane).collect(),
            coefficients: self.coefficients.iter().map(Source::lane).collect(),
            place: self.geometry.place(),
        };
        let rows = if self.filters {
            ROWS_WITH_FILTERS
        } else {
            ROWS
        };
        SCRATCH.with_borrow_mut(|Scratch { memo, room }| {
            let reads = Reads::of(&self.pass.intermediates);
            let mut kept = Kept {
                memo,
                planes: reads.map(|reads| Planes::new(room, reads)),
            };
            for slab in slabs(region, self.rows_held(&region)) {
                if let (Some(planes), true) = (&mut kept.planes, D > 2) {
                    let back = self.origin.map(|start| -start);
                    planes.begin::<S>(slab.intersect(&self.interior().shift(back)));
                }
                for tile in tiles(slab, rows) {
                    self.tile(&mut cursor, tile, &mut targets, &mut kept);
                }
            }
        });
        self.stores().finish();
    }

    /// One tile, cut at the ends of domain and interior.
    #[inline]
    fn tile<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        tile: Region<D>,
        targets: &mut [Target<'_, S, D>],
        kept: &mut Kept<'_, D>,
    ) {
        let global = tile.shift(self.origin);
        let interior = self.interior();
        if interior.covers(&global) {
            return self.interior_part(cursor, tile, targets, kept);
        }
        for rows in self.cuts(across::<D>(), &global, &interior) {
            for points in self.cuts(D - 1, &rows, &interior) {
                let local = points.shift(self.origin.map(|start| -start));
                let segment = match points.start {
                    point if interior.contains(point) => {
                        self.interior_part(cursor, local, targets, kept);
                        continue;
                    }
                    point if self.domain.contains(point) => Segment::Edge,
                    _ => Segment::Zero,
                };
                self.segment(cursor, segment, local, targets, kept);
            }
        }
    }

    /// The points of the domain that take the interior formula.
    fn interior(&self) -> Region<D> {
        self.pass.interior.intersect(&self.domain)
    }

    /// Rows of the interior, after what they read of intermediate fields.
    #[inline]
    fn interior_part<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        tile: Region<D>,
        targets: &mut [Target<'_, S, D>],
        kept: &mut Kept<'_, D>,
    ) {
        if let Some(planes) = &mut kept.planes {
            if D == 2 {
                planes.begin::<S>(tile);
            }
            planes.prepare::<S>(&tile, |missing, out| {
                self.intermediates(cursor, missing, out);
            });
        }
        self.segment(cursor, Segment::Interior, tile, targets, kept);
    }

    /// The parts of a region between the ends of domain and interior along an axis.
    fn cuts(
        &self,
        axis: usize,
        region: &Region<D>,
        interior: &Region<D>,
    ) -> ArrayVec<Region<D>, 5> {
        let (start, end) = (region.start[axis], region.end[axis]);
        // Where rows with a formula of their own are more than the domain holds, the interior lies beyond its end.
        let mut cuts = [
            start,
            self.domain.start[axis],
            interior.start[axis],
            interior.end[axis],
            self.domain.end[axis],
            end,
        ]
        .map(|cut| cut.clamp(start, end));
        cuts.sort_unstable();
        let parts = cuts.windows(2).filter(|cut| cut[0] < cut[1]);
        parts
            .map(|cut| region.with_axis(axis, cut[0], cut[1]))
            .collect()
    }

    #[inline]
    fn segment<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        segment: Segment,
        tile: Region<D>,
        targets: &mut [Target<'_, S, D>],
        kept: &mut Kept<'_, D>,
    ) {
        let (len, rows) = lengths(&tile);
        let mut out: ArrayVec<Written<'_, S>, MAX_FIELDS> = ArrayVec::new();
        for target in targets {
            let step = target.layout.map_or(0, step);
            let at = target.offset(tile.start);
            let cells = &mut target.cells[at..][..(rows - 1) * step + len];
            out.push(Written {
                cells: Cell::from_mut(cells).as_slice_of_cells(),
                step,
                added: target.added,
            });
        }
        if matches!(segment, Segment::Zero) {
            for out in out.iter().filter(|out| !out.added) {
                let zero = |row| {
                    let cells = &out.cells[row * out.step..][..len];
                    cells.iter().for_each(|cell| cell.set(S::ZERO));
                };
                (0..rows).for_each(zero);
            }
            return;
        }
        self.place(cursor, tile.start);
        // Not worth it for what is left of rows beside the core of a block.
        let long = matches!(segment, Segment::Interior) && len * size_of::<S>() >= SHORT_ROW;
        let streams = match long {
            true => self.streams(cursor, &out, Reader::Rows),
            false => Streams::new(),
        };
        let traffic = Traffic {
            streams: &streams,
            stores: match long && alike(&out, rows) {
                true => self.stores(),
                false => Stores::Plain,
            },
        };
        // Rows are given one by the tile.
        let none = Memo::default();
        let row = self.row(cursor, len, traffic, &none);
        let strip = self.filters.then(|| self.rows.strip());
        let Kept { memo, planes } = kept;
        match (segment, planes) {
            (Segment::Interior, Some(planes)) => {
                let (shared, taps) = planes.read::<S>(&tile, self.taps);
                let fields: ArrayVec<Lane<'_, S>, { MAX_FIELDS + MAX_INTERMEDIATES }> =
                    cursor.fields.iter().copied().chain(shared).collect();
                let row = Row {
                    fields: &fields,
                    taps,
                    ..row
                };
                self.rows.interior(self.dispatch, &row, rows, &out);
            }
            (Segment::Interior, None) => {
                Tile { row, rows, strip }.run(&out, memo, &|row, rows, out| {
                    self.rows.interior(self.dispatch, row, rows, out);
                });
            }
            _ => Tile { row, rows, strip }.run(&out, memo, &|row, rows, out| {
                self.rows.edge(row, rows, out);
            }),
        }
    }

    /// Computes what rows of the interior read of intermediate fields.
    fn intermediates<'a>(
        &'a self,
        cursor: &mut Cursor<'a, S>,
        tile: Region<D>,
        out: &[Written<'_, S>],
    ) {
        let (len, rows) = lengths(&tile);
        self.place(cursor, tile.start);
        let streams = self.streams(cursor, &[], Reader::Intermediates);
        let traffic = Traffic {
            streams: &streams,
            stores: Stores::Plain,
        };
        let none = Memo::default();
        let row = Row {
            once: false,
            ..self.row(cursor, len, traffic, &none)
        };
        self.rows.intermediates(self.dispatch, &row, rows, out);
    }

    /// Sets where rows begin.
    fn place(&self, cursor: &mut Cursor<'_, S>, first: [isize; D]) {
        for (lane, source) in cursor.fields.iter_mut().zip(&self.fields) {
            lane.base = source.base(first);
        }
        for (lane, source) in cursor.coefficients.iter_mut().zip(self.coefficients) {
            lane.base = source.base(first);
        }
        let axes = self.geometry.placing.axes();
        for (index, &axis) in cursor.place.index.iter_mut().zip(axes) {
            *index = first[axis] + self.origin[axis];
        }
    }

    /// The first row from where the cursor is.
    fn row<'r>(
        &'r self,
        cursor: &'r Cursor<'_, S>,
        len: usize,
        traffic: Traffic<'r>,
        memo: &'r Memo,
    ) -> Row<'r, S> {
        Row {
            number: 0,
            first: 0,
            len,
            fields: &cursor.fields,
            taps: self.taps,
            coefficients: &cursor.coefficients,
            coefficient_taps: self.coefficient_taps,
            place: &cursor.place,
            along: false,
            overwritten: self.overwritten,
            once: self.in_place,
            traffic,
            memo,
            lanes: PhantomData,
        }
    }

    /// Past the caches, where the outputs are not read and too large to stay there.
    fn stores(&self) -> Stores {
        match self.far && self.tuning.store_past_caches && !self.in_place {
            true => Stores::past(self.dispatch),
            false => Stores::Plain,
        }
    }
}

/// Whether rows begin at the same place of a line in every output.
fn alike<S>(out: &[Written<'_, S>], rows: usize) -> bool {
    let in_lines = |out: &Written<'_, S>| (out.step * size_of::<S>()).is_multiple_of(LINE);
    rows == 1 || out.iter().all(in_lines)
}

/// Points of a tile's rows, and how many rows it has.
fn lengths<const D: usize>(tile: &Region<D>) -> (usize, usize) {
    match D {
        1 => (tile.len(0), 1),
        _ => (tile.len(D - 1), tile.len(across::<D>())),
    }
}

/// Storage distance from a row to the next.
pub(super) fn step<const D: usize>(layout: Layout<D>) -> usize {
    layout.strides()[across::<D>()]
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
            step: step(self.layout),
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
pub(super) struct Cursor<'a, S> {
    pub fields: ArrayVec<Lane<'a, S>, MAX_FIELDS>,
    pub coefficients: ArrayVec<Lane<'a, u8>, MAX_FIELDS>,
    pub place: Place,
}
