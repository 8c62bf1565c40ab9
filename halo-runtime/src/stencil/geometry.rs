//! A stencil placed on a grid, as data: its taps along the array's axes, and which points take which formula.
//!
//! Everything here is in global indices and the same on every rank, so that a point's formula, and with it every bit of
//! its value, does not depend on how the grid is cut.

mod domain;
mod end_blocks;
mod pass;
mod reaches;

pub(crate) use pass::PassGeometry;
pub(crate) use reaches::CoefficientGeometry;

use self::{
    domain::domains,
    end_blocks::EndBlocks,
    reaches::{coefficients, reach, reaches},
};
use crate::{
    error::Result,
    exchange::{Footprint, PhysicalGhosts, Reach},
    grid::{Boundary, Grid, Region},
    stencil::{
        contract::{Facts, Locations, Origin},
        placing::Placing,
        row::Place,
        sites::Sites,
    },
};

/// Both directions of a stencil on a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Geometry<const D: usize> {
    pub placing: Placing<D>,
    pub forward: PassGeometry<D>,
    pub adjoint: PassGeometry<D>,
    /// Margin that the attribute's claim asks for.
    claimed: [[usize; 2]; D],
    /// What either direction reads of each coefficient field.
    pub coefficients: Vec<CoefficientGeometry<D>>,
    /// How far the forward reads past the blocks and ends of each input.
    reaches: Vec<Reach<D>>,
    /// Which coefficients are inputs held fixed; some where this is the operator of a coefficient.
    frozen: &'static [usize],
    /// The row's place on the grid, but for its index.
    place: Place,
    /// Whether points near some end take the interior formula of the adjoint, for which rows beyond it are zero.
    zero_rows: bool,
    /// Whether rows read banks of filters.
    pub filters: bool,
}

impl<const D: usize> Geometry<D> {
    /// # Errors
    /// A kernel whose own rows at an end cover only a part of what `Valid` would leave out there.
    pub(crate) fn new(
        facts: &Facts,
        locations: &Locations,
        grid: &Grid<D>,
        placing: Placing<D>,
    ) -> Result<Self> {
        let periodic = grid.periodic();
        let sites = Sites::new(facts, locations, grid);
        let outputs = sites.outputs.iter();
        let extents: Vec<_> = outputs.map(|output| grid.extent_of(*output)).collect();
        let mut cuts = [[0; 2]; D];
        for (axis, cut) in placing.axes().iter().zip(facts.cuts) {
            cuts[*axis] = cut.map(|rows| rows as isize);
        }

        let taps = placing.taps(facts.forward.taps);
        let domains = match facts.origin {
            None => domains(facts, &sites, &placing, &extents)?,
            Some(Origin {
                facts, locations, ..
            }) => {
                let sites = Sites::new(facts, locations, grid);
                domains(facts, &sites, &placing, &extents)?
            }
        };

        // Rows with the interior formula, then points all of whose rows are such rows and lie in the domain.
        let mut interior = Region::<D>::everything();
        let mut points = Region::of_extent(grid.extent());
        let mut zero_rows = false;
        for axis in 0..D {
            let [low, high] = cuts[axis];
            interior.start[axis] = low;
            // Where rows are cut off at the high end, all outputs have the same extent.
            interior.end[axis] = (grid.extent()[axis] as isize + sites.most(axis) - high).max(low);
            if periodic[axis] && cuts[axis] == [0, 0] {
                continue;
            }
            // Row i feeds point i + o: the furthest o on either side, of each output.
            let inner = (0..facts.outputs).map(|k| {
                let read = taps
                    .iter()
                    .enumerate()
                    .filter(|(tap, _)| sites.reads(k, *tap));
                let [back, ahead] = reach(read.map(|(_, (_, offset))| offset))[axis];
                let rows = domains[k].intersect(&interior);
                let start = rows.start[axis] + ahead as isize;
                [start, rows.end[axis].max(rows.start[axis]) - back as isize]
            });
            let [start, end] = inner.fold([0, isize::MAX], |[start, end], [from, to]| {
                [start.max(from), end.min(to)]
            });
            let kinds = match facts.origin {
                None => placing.boundaries[axis],
                Some(_) => [placing.coefficients; 2],
            };
            // A row beyond an end may count as zero instead of being left out, where nothing is gathered for the ghosts.
            let rows = domains.iter();
            let all = |full: fn(&Region<D>, usize, &Grid<D>) -> bool| {
                facts.total
                    && !periodic[axis]
                    && locations.are_cells()
                    && rows.clone().all(|rows| full(rows, axis, grid))
            };
            let open = [
                low == 0
                    && kinds[0] == Boundary::Zero
                    && all(|rows, axis, _| rows.start[axis] == 0),
                high == 0
                    && kinds[1] == Boundary::Zero
                    && all(|rows, axis, grid| rows.end[axis] == grid.extent()[axis] as isize),
            ];
            zero_rows |= open != [false; 2];
            points.start[axis] = if open[0] { 0 } else { start };
            points.end[axis] = match open[1] {
                true => grid.extent()[axis] as isize,
                false => end.max(points.start[axis]),
            };
        }

        let blocks = EndBlocks { grid, cuts };
        let everything = vec![Region::everything(); facts.inputs.len()];
        let forward = PassGeometry::new(
            &placing,
            &facts.forward,
            [&sites.inputs, &sites.outputs],
            interior,
            domains,
            &blocks,
        );
        let adjoint = PassGeometry::new(
            &placing,
            &facts.adjoint,
            [&sites.outputs, &sites.inputs],
            points,
            everything,
            &blocks,
        );
        let mut place = Place::default();
        for (k, &axis) in placing.axes().iter().enumerate() {
            place.extent[k] = grid.extent()[axis] as isize + sites.most(axis);
            for (output, domain) in forward.domains.iter().enumerate() {
                place.domains[output][k] = [domain.start[axis], domain.end[axis]];
            }
            place.periodic[k] = periodic[axis];
            place.step[k] = isize::from(axis == D - 1);
            place.across[k] = isize::from(D > 1 && axis == D.saturating_sub(2));
        }
        let mut geometry = Geometry {
            coefficients: coefficients(&sites, &forward, &adjoint),
            reaches: reaches(&sites, &taps),
            placing,
            forward,
            adjoint,
            claimed: [[0; 2]; D],
            frozen: facts.origin.map_or(&[], |origin| origin.frozen),
            place,
            zero_rows,
            filters: facts.filters,
        };
        for (&axis, widths) in placing.axes().iter().zip(facts.halo) {
            geometry.claimed[axis] = *widths;
        }
        geometry.widen_margins(&sites);
        Ok(geometry)
    }

    /// Rows are computed wherever some output has one, and read then what all outputs read.
    fn widen_margins(&mut self, sites: &Sites<D>) {
        let PassGeometry {
            taps,
            sources,
            margins,
            ..
        } = &mut self.forward;
        for (field, offset) in taps {
            for axis in 0..D {
                let past = offset[axis] + sites.most(axis) - sites.more(sources[*field], axis);
                let high = &mut margins[*field][axis][1];
                *high = (*high).max(past.max(0) as usize);
            }
        }
    }

    /// The place of a row, but for its index.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn pass(&self, forward: bool) -> &PassGeometry<D> {
        if forward {
            &self.forward
        } else {
            &self.adjoint
        }
    }

    /// The ghosts of this rank's block beyond the ends of each input, as the forward reads them.
    ///
    /// # Errors
    /// An axis or a block too short for its boundary kind; the same on every rank.
    pub(crate) fn ghosts(&self, grid: &Grid<D>) -> Result<Vec<PhysicalGhosts<D>>> {
        let boundaries = self.input_boundaries();
        let inputs = self.forward.sources.iter().zip(&self.reaches);
        inputs
            .map(|(input, reach)| {
                let points = grid.decomposition().at(*input);
                PhysicalGhosts::new(&points, grid.rank(), boundaries, *reach)
            })
            .collect()
    }

    /// The ghosts of this rank's block beyond the ends of each output, which the adjoint reads as zero; none where it does
    /// not read them.
    ///
    /// # Errors
    /// None: zeros need no cells.
    pub(crate) fn zero_rows(&self, grid: &Grid<D>) -> Result<Vec<PhysicalGhosts<D>>> {
        let outputs = match self.zero_rows {
            true => &self.adjoint.sources[..],
            false => &[],
        };
        let outputs = outputs.iter().zip(&self.adjoint.margins);
        outputs
            .map(|(output, reach)| {
                let points = grid.decomposition().at(*output);
                PhysicalGhosts::new(&points, grid.rank(), [[Boundary::Zero; 2]; D], *reach)
            })
            .collect()
    }

    /// Boundary kinds of what the operator is applied to.
    pub(crate) fn input_boundaries(&self) -> [[Boundary; 2]; D] {
        match self.frozen {
            [] => self.placing.boundaries,
            _ => [[self.placing.coefficients; 2]; D],
        }
    }

    /// Boundary kinds of a coefficient.
    pub(crate) fn coefficient_boundaries(&self, number: usize) -> [[Boundary; 2]; D] {
        match self.frozen.contains(&number) {
            true => self.placing.boundaries,
            false => [[self.placing.coefficients; 2]; D],
        }
    }

    /// How far from each face of this rank's block the taps of a pass reach cells of other blocks.
    pub(crate) fn seams(&self, grid: &Grid<D>, pass: &PassGeometry<D>) -> [[usize; 2]; D] {
        let ends = self.ends(grid);
        let reach = reach(pass.footprints.iter().flat_map(Footprint::offsets));
        std::array::from_fn(|axis| {
            std::array::from_fn(|side| {
                if ends[axis][side] {
                    0
                } else {
                    reach[axis][side]
                }
            })
        })
    }

    /// Whether the adjoint folds ghosts back into some block.
    pub(crate) fn folds(&self, grid: &Grid<D>) -> bool {
        let kinds = self.input_boundaries();
        let folds = |axis: usize, side: usize| {
            let read = self
                .forward
                .margins
                .iter()
                .any(|margin| margin[axis][side] > 0);
            read && !grid.periodic()[axis] && kinds[axis][side].cells_needed(2) > 0
        };
        (0..D).any(|axis| folds(axis, 0) || folds(axis, 1))
    }

    /// Whether this rank's block lies at a physical end of each axis, low and high.
    pub(crate) fn ends(&self, grid: &Grid<D>) -> [[bool; 2]; D] {
        let (block, extent, periodic) = (grid.block(), grid.extent(), grid.periodic());
        std::array::from_fn(|axis| {
            let ends = [
                block.start[axis] == 0,
                block.end[axis] == extent[axis] as isize,
            ];
            ends.map(|end| end && !periodic[axis])
        })
    }

    /// Ghosts that fields of the domain and range need, for either direction.
    pub(crate) fn margin(&self) -> [[usize; 2]; D] {
        let needed = self.forward.margins.iter().chain(&self.adjoint.margins);
        needed.fold(self.claimed, |margin, needed| {
            std::array::from_fn(|axis| {
                [0, 1].map(|side| margin[axis][side].max(needed[axis][side]))
            })
        })
    }
}

#[cfg(test)]
mod tests;
