//! Values that rows need at several points, computed once a point and kept while rows read them.
//!
//! A plane is what the last two axes span. A thread keeps as many planes as rows of one reach over, and computes the rows of a
//! plane when a row that reads them comes along; each plane takes the place of one that no row reads any more. So they stay in
//! the cache, and whatever lies around the cut of a region is computed on both sides of it, with the same bits.
//!
//! Relies on the macro: a stencil along one axis has none, so that grids have two axes at least.

use std::cell::Cell;

use arrayvec::ArrayVec;

use crate::{
    grid::Region,
    scalar::Element,
    stencil::{
        dispatch::LINE,
        row::Lane,
        sweep::{Written, across},
    },
};

/// Intermediate fields of a formula, at most.
pub(crate) const MAX_INTERMEDIATES: usize = 4;

/// What a region's rows read of intermediate fields, as offsets along the array's axes.
#[derive(Clone, Copy)]
pub(crate) struct Reads<'a, const D: usize> {
    taps: &'a [(usize, [isize; D])],
    /// Of all taps, the lowest and the highest offset along each axis.
    low: [isize; D],
    high: [isize; D],
    fields: usize,
}

impl<'a, const D: usize> Reads<'a, D> {
    /// `None` where nothing is read.
    pub(crate) fn of(taps: &'a [(usize, [isize; D])]) -> Option<Self> {
        let (last, _) = taps.last()?;
        let along = |axis: usize| taps.iter().map(move |(_, offset)| offset[axis]);
        let low = std::array::from_fn(|axis| along(axis).min().unwrap_or(0));
        let high = std::array::from_fn(|axis| along(axis).max().unwrap_or(0));
        Some(Reads {
            taps,
            low,
            high,
            fields: last + 1,
        })
    }

    /// Planes that are kept at a time along an axis before the last two.
    fn planes(&self, axis: usize) -> usize {
        self.high[axis].abs_diff(self.low[axis]) + 1
    }

    /// The same of all such axes.
    pub(crate) fn slots(&self) -> usize {
        (0..leading::<D>()).map(|axis| self.planes(axis)).product()
    }

    /// Where a plane is kept.
    fn slot(&self, plane: [isize; D]) -> usize {
        (0..leading::<D>()).fold(0, |slot, axis| {
            let planes = self.planes(axis);
            slot * planes + plane[axis].rem_euclid(planes as isize) as usize
        })
    }

    fn cells(&self, rows: &Rows<D>) -> usize {
        self.slots() * self.fields * rows.plane
    }
}

/// The axes that count planes.
const fn leading<const D: usize>() -> usize {
    D.saturating_sub(2)
}

/// The part of a plane that is kept.
#[derive(Clone, Copy)]
struct Rows<const D: usize> {
    /// Along the last two axes; all along the others.
    region: Region<D>,
    /// Cells from a row to the next, and from an intermediate field or plane to the next.
    pitch: usize,
    plane: usize,
}

/// As many bytes as a cache line has.
type Line = [u64; LINE / size_of::<u64>()];

/// A thread's planes, and room for them.
#[derive(Default)]
pub(crate) struct Room {
    lines: Vec<Line>,
    /// The index of the plane in each slot, one number for each axis.
    planes: Vec<isize>,
    /// The row up to which each is computed.
    done: Vec<isize>,
    /// Storage distances: a sweep's own taps, then those of intermediate fields.
    distances: Vec<isize>,
}

/// The planes of a region whose rows are computed tile by tile.
pub(crate) struct Planes<'a, const D: usize> {
    reads: Reads<'a, D>,
    rows: Rows<D>,
    room: &'a mut Room,
}

impl<'a, const D: usize> Planes<'a, D> {
    pub(crate) fn new(room: &'a mut Room, reads: Reads<'a, D>) -> Self {
        let rows = Rows {
            region: Region::of_extent([0; D]),
            pitch: 0,
            plane: 0,
        };
        Planes { reads, rows, room }
    }

    /// The tiles that follow are those of a region, in local indices; nothing is computed yet.
    pub(crate) fn begin<S: Element>(&mut self, region: Region<D>) {
        let Planes { reads, rows, room } = self;
        let mut around = region;
        for axis in leading::<D>()..D {
            around.start[axis] += reads.low[axis];
            around.end[axis] += reads.high[axis];
        }
        let line = LINE / size_of::<S>();
        let pitch = around.len(D - 1).next_multiple_of(line);
        // Rows of different planes that are read together begin at different places of a page.
        let own = around.len(across::<D>()) * pitch;
        *rows = Rows {
            region: around,
            pitch,
            plane: own.next_multiple_of(64 * line) + 7 * line,
        };
        // One more, for the first may begin within a line.
        let lines = (reads.cells(rows) * size_of::<S>()).div_ceil(LINE) + 1;
        if room.lines.len() < lines {
            room.lines.resize(lines, Line::default());
        }
        let slots = reads.slots();
        room.planes.clear();
        room.planes.resize(slots * D, isize::MIN);
        room.done.clear();
        room.done.resize(slots, isize::MIN);
    }

    /// Sees to it that all values are there that the rows of a tile read: `compute` is called for the missing rows of a plane,
    /// with where they go.
    pub(crate) fn prepare<S: Element>(
        &mut self,
        tile: &Region<D>,
        mut compute: impl FnMut(Region<D>, &[Written<'_, S>]),
    ) {
        let Planes { reads, rows, room } = self;
        let across = across::<D>();
        let region = rows.region;
        for (_, offset) in reads.taps {
            let plane: [isize; D] = std::array::from_fn(|axis| match axis < leading::<D>() {
                true => tile.start[axis] + offset[axis],
                false => 0,
            });
            let slot = reads.slot(plane);
            let kept = &mut room.planes[slot * D..][..D];
            let done = &mut room.done[slot];
            if kept != plane || *done == isize::MIN {
                kept.copy_from_slice(&plane);
                *done = region.start[across];
            }
            let needed = tile.end[across] + offset[across];
            if *done >= needed {
                continue;
            }
            let mut missing = region;
            for (axis, at) in plane.into_iter().enumerate().take(leading::<D>()) {
                missing = missing.with_axis(axis, at, at + 1);
            }
            missing = missing.with_axis(across, *done, needed);
            let first = done.abs_diff(region.start[across]) * rows.pitch;
            let begin = beginning::<S>(&room.lines);
            let cells = &mut bytemuck::cast_slice_mut::<Line, S>(&mut room.lines)[begin..];
            let mut fields = cells[slot * reads.fields * rows.plane..].chunks_mut(rows.plane);
            let out: ArrayVec<Written<'_, S>, MAX_INTERMEDIATES> = (0..reads.fields)
                .filter_map(|_| fields.next())
                .map(|cells| Written {
                    cells: Cell::from_mut(&mut cells[first..]).as_slice_of_cells(),
                    step: rows.pitch,
                    added: false,
                })
                .collect();
            compute(missing, &out);
            *done = needed;
        }
    }

    /// The intermediate fields as the rows of a tile find them, and the storage distances of a sweep's own taps with those of
    /// theirs behind.
    pub(crate) fn read<S: Element>(
        &mut self,
        tile: &Region<D>,
        own: &[isize],
    ) -> (impl Iterator<Item = Lane<'_, S>>, &[isize]) {
        let Planes { reads, rows, room } = self;
        let across = across::<D>();
        let place = |plane: [isize; D]| (reads.slot(plane) * reads.fields * rows.plane) as isize;
        let here = place(tile.start);
        room.distances.clear();
        room.distances.extend(own);
        for (_, offset) in reads.taps {
            let plane = std::array::from_fn(|axis| tile.start[axis] + offset[axis]);
            let within = offset[across] * rows.pitch as isize + offset[D - 1];
            room.distances.push(place(plane) - here + within);
        }
        let within = |axis: usize| tile.start[axis] - rows.region.start[axis];
        let first = here + within(across) * rows.pitch as isize + within(D - 1);
        let cells = &bytemuck::cast_slice::<Line, S>(&room.lines)[beginning::<S>(&room.lines)..];
        let (plane, step) = (rows.plane, rows.pitch);
        let lanes = (0..reads.fields).map(move |field| Lane {
            cells,
            base: first as usize + field * plane,
            step,
        });
        (lanes, &room.distances)
    }
}

/// The cell that begins the first whole line.
fn beginning<S>(lines: &[Line]) -> usize {
    let past = lines.as_ptr().addr() % LINE;
    (LINE - past) % LINE / size_of::<S>()
}

#[cfg(test)]
mod tests {
    use crate::comm::Comm;
    use crate::field::Field;
    use crate::grid::{Boundary, Grid};
    use crate::operator::{LinearOperator, StencilExt};
    use crate::stencil::{Coef, Input};
    use halo_macros::stencil;

    /// The adjoint gathers `c * y` from 17 points.
    #[stencil(overwrite = before)]
    fn wave(u: Input<f64, 2>, before: Input<f64, 2>, c: Coef<f64, 2>) -> f64 {
        let mut sum = -2.5 * u[[0, 0]];
        for d in 1..=4 {
            let ring = u[[-d, 0]] + u[[d, 0]] + u[[0, -d]] + u[[0, d]];
            sum += 0.7 / d as f64 * ring;
        }
        2.0 * u[[0, 0]] - before[[0, 0]] + c[[0, 0]] * sum
    }

    /// The gather written out, point by point.
    fn gathered<const D: usize>(
        y: &Field<f64, D>,
        c: &Field<f64, D>,
        [first, last]: [usize; 2],
        at: [usize; D],
    ) -> f64 {
        let value = |axis: usize, by: isize| {
            let mut at = at;
            at[axis] = at[axis].checked_add_signed(by)?;
            Some(c.get(at)? * y.get(at)?)
        };
        let mut sum = None;
        let mut add = |weight: f64, value: Option<f64>| {
            if let Some(value) = value {
                sum = Some(sum.map_or(weight * value, |sum: f64| sum + weight * value));
            }
        };
        (-4..=-1).for_each(|d| add(0.7 / -d as f64, value(first, d)));
        (-4..=-1).for_each(|d| add(0.7 / -d as f64, value(last, d)));
        let own = y.get(at).unwrap();
        add(1.0, Some(2.0 * own + -2.5 * (c.get(at).unwrap() * own)));
        (1..=4).for_each(|d| add(0.7 / d as f64, value(last, d)));
        (1..=4).for_each(|d| add(0.7 / d as f64, value(first, d)));
        sum.unwrap()
    }

    fn agrees<const D: usize>(extent: [usize; D], axes: [usize; 2]) {
        for threads in [1, 2] {
            let grid = Grid::new(&Comm::solo().with_threads(threads), extent).unwrap();
            let [y, c, kept] = [1, 2, 3].map(|seed| grid.random::<f64>(seed));
            let step = Wave { c: (&c).into() };
            let step = step.along(axes).boundary(Boundary::Zero).on(&grid).unwrap();
            for cache in [0, usize::MAX] {
                step.tune(|tuning| (tuning.threads, tuning.cache) = (threads, cache))
                    .unwrap();
                let (x, _) = step.adjoint(&y).unwrap();
                let mut sum = kept.clone();
                step.adjoint_in_place(&mut sum, &mut y.clone()).unwrap();
                for at in y.block().indices().map(|at| at.map(|i| i as usize)) {
                    let expected = gathered(&y, &c, axes, at);
                    assert_eq!(x.get(at), Some(expected), "{at:?}");
                    assert_eq!(
                        sum.get(at),
                        Some(kept.get(at).unwrap() + expected),
                        "{at:?}"
                    );
                }
            }
        }
    }

    /// Longer than a slab along the axis before the last, and across more planes than one reach.
    #[test]
    fn they_are_kept_from_plane_to_plane() {
        assert!(Wave::FACTS.adjoint.intermediates.is_some());
        agrees([9, 200, 40], [0, 2]);
        agrees([14, 150, 33], [0, 1]);
        agrees([3, 130, 40], [1, 2]);
        agrees([4, 12, 70, 9], [1, 2]);
        agrees([11, 5, 9, 20], [0, 3]);
        agrees([300, 130], [0, 1]);
    }
}
