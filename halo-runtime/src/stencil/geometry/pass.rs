//! One direction of a stencil on a grid: what is read, what is exchanged for it, and which points are computed.

use super::{end_blocks::EndBlocks, reaches::reach};
use crate::{
    exchange::Footprint,
    grid::{Grid, Region, Staggering},
    stencil::{
        contract::{Intermediates, Pass, Tap},
        placing::Placing,
    },
};

/// One direction of the stencil on the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PassGeometry<const D: usize> {
    /// Where the fields lie that are read, and those that are computed.
    pub sources: Vec<Staggering>,
    pub targets: Vec<Staggering>,
    /// Field number and offset of every tap, along the array's axes.
    pub taps: Vec<(usize, [isize; D])>,
    /// The same for the coefficient taps.
    pub coefficients: Vec<(usize, [isize; D])>,
    /// What the interior's rows read of intermediate fields, and what those are made of.
    pub intermediates: Vec<(usize, [isize; D])>,
    pub made_of: Intermediates,
    /// What is exchanged of each field: the taps, but for those with which rows near an end of an axis stay within the
    /// block at that end.
    pub footprints: Vec<Footprint<D>>,
    /// Ghosts that each field needs room for.
    pub margins: Vec<[[usize; 2]; D]>,
    /// Points that take the interior formula.
    pub interior: Region<D>,
    /// Of each target, the points that are computed; the others are zero.
    pub domains: Vec<Region<D>>,
}

impl<const D: usize> PassGeometry<D> {
    pub(super) fn new(
        placing: &Placing<D>,
        pass: &Pass,
        [sources, targets]: [&[Staggering]; 2],
        interior: Region<D>,
        domains: Vec<Region<D>>,
        blocks: &EndBlocks<'_, D>,
    ) -> Self {
        let taps = placing.taps(pass.taps);
        let travels = |tap: &Tap| match tap.edge {
            Some(axis) => !blocks.keep(placing.axes[axis], &placing.offset(tap.offset)),
            None => true,
        };
        let exchanged = |k: usize| {
            let taps = pass
                .taps
                .iter()
                .filter(move |tap| tap.field == k && travels(tap));
            Footprint::new(taps.map(|tap| placing.offset(tap.offset)))
        };
        let footprints = (0..sources.len()).map(exchanged).collect();
        let of = |k: usize| taps.iter().filter(move |tap| tap.0 == k).map(|tap| &tap.1);
        PassGeometry {
            sources: sources.to_vec(),
            targets: targets.to_vec(),
            margins: (0..sources.len()).map(|k| reach(of(k))).collect(),
            coefficients: placing.taps(pass.coefficients),
            intermediates: placing.taps(pass.intermediates.taps),
            made_of: pass.intermediates,
            taps,
            footprints,
            interior,
            domains,
        }
    }

    /// The same pass on a grid whose periodic axes go on beyond their ends: what lies there are points like any others.
    pub(crate) fn unrolled(&self, grid: &Grid<D>) -> Self {
        let mut pass = self.clone();
        let everything = Region::<D>::everything();
        for axis in (0..D).filter(|axis| grid.periodic()[*axis]) {
            let (start, end) = (everything.start[axis], everything.end[axis]);
            let whole = |region: &Region<D>| {
                region.start[axis] <= 0 && region.end[axis] >= grid.extent()[axis] as isize
            };
            if whole(&pass.interior) {
                pass.interior = pass.interior.with_axis(axis, start, end);
            }
            for domain in &mut pass.domains {
                *domain = domain.with_axis(axis, start, end);
            }
        }
        pass
    }

    /// The points that are computed of every target; all points, where the targets differ in that.
    pub(crate) fn common_domain(&self) -> Region<D> {
        match self.targets_agree() {
            true => self.domains[0],
            false => Region::everything(),
        }
    }

    /// The points that are computed of one target, of those in the common domain.
    pub(crate) fn own_domain(&self, target: usize) -> Region<D> {
        match self.targets_agree() {
            true => Region::everything(),
            false => self.domains[target],
        }
    }

    fn targets_agree(&self) -> bool {
        self.domains.iter().all(|domain| *domain == self.domains[0])
    }
}
