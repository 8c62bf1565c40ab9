//! How far a stencil reads its fields past the blocks of the grid, and past its end.

use super::pass::PassGeometry;
use crate::{
    exchange::{Footprint, Reach},
    grid::Staggering,
    stencil::sites::Sites,
};

/// A coefficient field of a stencil on a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CoefficientGeometry<const D: usize> {
    pub staggering: Staggering,
    pub footprint: Footprint<D>,
    pub reach: Reach<D>,
}

/// How far the rows of all outputs read past the blocks and ends of each input.
pub(super) fn reaches<const D: usize>(
    sites: &Sites<D>,
    taps: &[(usize, [isize; D])],
) -> Vec<Reach<D>> {
    let of = |k: usize| {
        let taps = taps.iter().enumerate();
        taps.filter(move |(_, (field, _))| *field == k)
    };
    let past_end = |k: usize, axis: usize| {
        let past = of(k).flat_map(|(tap, (field, offset))| {
            let readers = (0..sites.outputs.len()).filter(move |output| sites.reads(*output, tap));
            readers.map(move |output| {
                sites.past_end(
                    sites.outputs[output],
                    sites.inputs[*field],
                    axis,
                    offset[axis],
                )
            })
        });
        past.max().unwrap_or(0).max(0) as usize
    };
    (0..sites.inputs.len())
        .map(|k| Reach {
            sides: reach(of(k).map(|(_, (_, offset))| offset)),
            past_end: std::array::from_fn(|axis| past_end(k, axis)),
        })
        .collect()
}

/// What both directions read of each coefficient. Rows exist inside the grid only, so it is the forward that reads furthest
/// past its end.
pub(super) fn coefficients<const D: usize>(
    sites: &Sites<D>,
    forward: &PassGeometry<D>,
    adjoint: &PassGeometry<D>,
) -> Vec<CoefficientGeometry<D>> {
    let geometry = |(k, staggering): (usize, &Staggering)| {
        let of_this = |tap: &&(usize, [isize; D])| tap.0 == k;
        let taps = forward.coefficients.iter().chain(&adjoint.coefficients);
        let footprint = Footprint::new(taps.filter(of_this).map(|tap| tap.1));
        let past_end = |axis: usize| {
            let read = forward.coefficients.iter().filter(of_this);
            let past =
                read.map(|tap| tap.1[axis] + sites.most(axis) - sites.more(*staggering, axis));
            past.max().unwrap_or(0).max(0) as usize
        };
        CoefficientGeometry {
            staggering: *staggering,
            reach: Reach {
                sides: footprint.reach(),
                past_end: std::array::from_fn(past_end),
            },
            footprint,
        }
    };
    sites
        .coefficients
        .iter()
        .enumerate()
        .map(geometry)
        .collect()
}

/// The furthest of some offsets per axis, `[low, high]`, both counted outward from 0.
pub(super) fn reach<'a, const D: usize>(
    offsets: impl Iterator<Item = &'a [isize; D]> + Clone,
) -> [[usize; 2]; D] {
    std::array::from_fn(|axis| {
        let along = offsets.clone().map(|offset| offset[axis]);
        let low = along.clone().min().unwrap_or(0).min(0);
        let high = along.max().unwrap_or(0).max(0);
        [low.unsigned_abs(), high.unsigned_abs()]
    })
}
