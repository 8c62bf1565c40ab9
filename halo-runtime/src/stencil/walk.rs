//! The walk of one application over the points of a region: one sweep for each part in which the targets agree.
//!
//! What a driver calls, region by region, between messages and ghosts: it knows neither.

use arrayvec::ArrayVec;

use crate::{
    field::{Layout, Values},
    grid::{Grid, Region},
    scalar::{Arithmetic, Element},
    stencil::{
        dispatch::Dispatch,
        driver::Application,
        geometry::{Geometry, PassGeometry},
        parts::{Extent, Share, for_each_part},
        row::MAX_FIELDS,
        sweep::{Source, Sweep, Target, Targets},
        tuning::Tuning,
    },
};

/// One application's sweeps, region by region.
pub(super) struct Walk<'a, S: Element, const D: usize> {
    pub application: &'a Application<'a, S, D>,
    pub grid: &'a Grid<D>,
    pub geometry: &'a Geometry<D>,
    pub pass: &'a PassGeometry<D>,
    /// Where each target has points to compute, in local indices.
    pub points: &'a [Region<D>],
    pub sources: &'a [&'a Values<S, D>],
    pub taps: &'a [isize],
    pub coefficient_taps: &'a [isize],
    pub tuning: &'a Tuning,
    /// Whether the fields are larger than the cache.
    pub far: bool,
    /// Whether some ghosts beyond the ends of the grid are computed.
    pub folds: bool,
}

impl<S: Arithmetic, const D: usize> Walk<'_, S, D> {
    /// Computes the points of a region of local indices; values where a target has no point go `nowhere`.
    pub(super) fn run(
        &self,
        region: Region<D>,
        targets: &mut [&mut Values<S, D>],
        nowhere: &mut [Vec<S>],
    ) {
        if region.is_empty() {
            return;
        }
        let fields: ArrayVec<_, MAX_FIELDS> = self
            .sources
            .iter()
            .map(|field| (field.reading(), *field.layout()))
            .collect();
        let origin = self.grid.block().start;
        let sweep = Sweep {
            rows: self.application.rows,
            geometry: self.geometry,
            pass: self.pass,
            domain: self.pass.common_domain(),
            origin,
            fields: fields
                .iter()
                .map(|(cells, layout)| Source {
                    cells,
                    layout: *layout,
                })
                .collect(),
            taps: self.taps,
            coefficients: self.application.coefficients,
            coefficient_taps: self.coefficient_taps,
            overwritten: self.application.overwritten,
            in_place: !(self.application.overwritten.is_empty()
                && self.application.added.is_empty()),
            filters: self.geometry.filters,
            dispatch: Dispatch::new(self.tuning.instruction_set),
            tuning: self.tuning,
            far: self.far,
        };
        let extents = self.points.iter().enumerate().map(|(k, points)| Extent {
            points: *points,
            domain: self.pass.own_domain(k).shift(origin.map(|start| -start)),
        });
        let extents: ArrayVec<_, MAX_FIELDS> = extents.collect();
        for_each_part(region, &extents, |part, shares| {
            let mut chosen = Targets::new();
            let targets = targets.iter_mut().zip(nowhere.iter_mut());
            for (number, ((target, nowhere), share)) in targets.zip(shares).enumerate() {
                let layout = *target.layout();
                let added = self.application.added.contains(&number);
                let cells = match self.folds {
                    true => target.cells_mut(),
                    false => target.cells_within_mut(),
                };
                if *share == Share::Zero && !added {
                    let rows = layout.rows(&part);
                    rows.for_each(|row| cells[row.offset..][..row.len].fill(S::ZERO));
                }
                let (cells, layout) = match share {
                    Share::Computed => (cells, Some(layout)),
                    Share::Zero | Share::Absent => (nowhere.as_mut_slice(), None),
                };
                chosen.push(Target {
                    cells,
                    first: 0,
                    layout,
                    added: added && layout.is_some(),
                });
            }
            if shares.contains(&Share::Computed) {
                sweep.run(part, chosen);
            }
        });
    }
}

/// Offsets as distances in the storage of the fields they belong to.
pub(super) fn measure<'a, const D: usize>(
    distances: &mut [isize],
    taps: &[(usize, [isize; D])],
    layout: impl Fn(usize) -> &'a Layout<D>,
) {
    for (distance, (field, offset)) in distances.iter_mut().zip(taps) {
        let strides = layout(*field).strides();
        *distance = (0..D)
            .map(|axis| offset[axis] * strides[axis] as isize)
            .sum();
    }
}
