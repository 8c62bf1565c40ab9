//! A stencil placed on a grid, as data: its taps along the array's axes, and which points take which formula.
//!
//! Everything here is in global indices and the same on every rank, so that a point's formula, and with it every bit of
//! its value, does not depend on how the grid is cut.

use crate::{
    error::{Error, Result},
    exchange::{Footprint, PhysicalGhosts},
    grid::{Boundary, Grid, Region, Side},
    stencil::{
        contract::{Facts, Pass, Tap},
        row::{MAX_AXES, Place},
    },
};

/// Where a stencil is put: the array axes, and the boundary kind of each end of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placing<const D: usize> {
    /// The array axis of each stencil axis.
    pub axes: [usize; MAX_AXES],
    /// Number of stencil axes.
    pub count: usize,
    /// Boundary kinds per array axis.
    pub boundaries: [[Boundary; 2]; D],
}

/// One direction of the stencil on the grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PassGeometry<const D: usize> {
    /// Field number and offset of every tap, along the array's axes.
    pub taps: Vec<(usize, [isize; D])>,
    /// The same for the coefficient taps.
    pub coefficients: Vec<(usize, [isize; D])>,
    /// What is exchanged of each field: the taps, but for those with which rows near an end of an axis stay within the
    /// block at that end.
    pub footprints: Vec<Footprint<D>>,
    /// Widest reach over all fields.
    pub reach: [[usize; 2]; D],
    /// Points that take the interior formula.
    pub interior: Region<D>,
    /// Points that are computed; the others are zero.
    pub domain: Region<D>,
}

/// Both directions of a stencil on a grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Geometry<const D: usize> {
    pub placing: Placing<D>,
    pub forward: PassGeometry<D>,
    pub adjoint: PassGeometry<D>,
    /// Margin that the attribute's claim asks for.
    claimed: [[usize; 2]; D],
    /// Cells of the coefficient fields that either direction reads.
    pub coefficient_footprints: Vec<Footprint<D>>,
    /// The row's place on the grid, but for its index.
    place: Place,
}

impl<const D: usize> Placing<D> {
    /// # Errors
    /// Axes that the grid lacks, named twice, or of another number than the stencil's.
    pub(crate) fn new(
        axes: &[usize],
        count: usize,
        boundaries: [[Boundary; 2]; D],
    ) -> Result<Self> {
        if axes.len() != count {
            return Err(Error::AxisCount {
                expected: count,
                found: axes.len(),
            });
        }
        for (k, &axis) in axes.iter().enumerate() {
            if axis >= D {
                return Err(Error::AxisOutOfRange { axis, axes: D });
            }
            if axes[..k].contains(&axis) {
                return Err(Error::DuplicateAxis { axis });
            }
        }
        let mut placed = [0; MAX_AXES];
        placed[..count].copy_from_slice(axes);
        Ok(Placing {
            axes: placed,
            count,
            boundaries,
        })
    }

    pub(crate) fn axes(&self) -> &[usize] {
        &self.axes[..self.count]
    }

    fn offset(&self, offset: &[isize]) -> [isize; D] {
        let mut along = [0; D];
        for (axis, o) in self.axes().iter().zip(offset) {
            along[*axis] = *o;
        }
        along
    }

    fn taps(&self, taps: &[Tap]) -> Vec<(usize, [isize; D])> {
        taps.iter()
            .map(|tap| (tap.field, self.offset(tap.offset)))
            .collect()
    }
}

impl<const D: usize> Geometry<D> {
    /// # Errors
    /// A kernel whose own rows at an end cover only a part of what `Valid` would leave out there.
    pub(crate) fn new(facts: &Facts, grid: &Grid<D>, placing: Placing<D>) -> Result<Self> {
        let extent = grid.extent().map(|n| n as isize);
        let periodic = grid.periodic();
        let mut cuts = [[0; 2]; D];
        for (axis, cut) in placing.axes().iter().zip(facts.cuts) {
            cuts[*axis] = cut.map(|rows| rows as isize);
        }

        let forward_taps = placing.taps(facts.forward.taps);
        let furthest = reach(forward_taps.iter().map(|(_, offset)| offset));
        // Under `Valid` the rows whose stencil leaves the grid are outside the operator's domain. What only rows near the
        // ends of the axis read does not count: where the kernel has rows of its own, they stand as written.
        let mut domain = whole(extent);
        for (k, &axis) in placing
            .axes()
            .iter()
            .enumerate()
            .filter(|(_, axis)| !periodic[**axis])
        {
            let taps = facts.forward.taps.iter().zip(&forward_taps);
            let interior = taps
                .filter(|(tap, _)| tap.edge != Some(k))
                .map(|(_, (_, offset))| offset);
            let reach = reach(interior)[axis].map(|cells| cells as isize);
            for side in Side::BOTH {
                let s = side.index();
                if placing.boundaries[axis][s] != Boundary::Valid || cuts[axis][s] >= reach[s] {
                    continue;
                }
                if cuts[axis][s] > 0 {
                    return Err(Error::Invalid(format!(
                        "`{}` has {} rows of its own at the {side:?} end of axis {axis} and reaches {} cells beyond it \
                         elsewhere; under `Valid` give it {} such rows or none",
                        facts.name, cuts[axis][s], reach[s], reach[s]
                    )));
                }
                match side {
                    Side::Low => domain.start[axis] += reach[0],
                    Side::High => domain.end[axis] -= reach[1],
                }
            }
            domain.start[axis] = domain.start[axis].min(extent[axis]);
            domain.end[axis] = domain.end[axis].max(domain.start[axis]);
        }

        // Rows with the interior formula, then points all of whose rows are such rows and lie in the domain.
        let mut rows = domain;
        let mut points = whole(extent);
        for axis in 0..D {
            let [low, high] = cuts[axis];
            rows.start[axis] = rows.start[axis].max(low);
            rows.end[axis] = rows.end[axis]
                .min(extent[axis] - high)
                .max(rows.start[axis]);
            if periodic[axis] && cuts[axis] == [0, 0] {
                continue;
            }
            // Row i feeds point i + o: the furthest o on either side.
            points.start[axis] = rows.start[axis] + furthest[axis][1] as isize;
            points.end[axis] =
                (rows.end[axis] - furthest[axis][0] as isize).max(points.start[axis]);
        }

        let inputs = facts.inputs.len();
        let blocks = EndBlocks { grid, cuts };
        let forward = PassGeometry::new(&placing, &facts.forward, inputs, rows, domain, &blocks);
        let everything = Region {
            start: [isize::MIN; D],
            end: [isize::MAX; D],
        };
        let adjoint = PassGeometry::new(
            &placing,
            &facts.adjoint,
            facts.outputs,
            points,
            everything,
            &blocks,
        );
        let coefficient_footprints: Vec<_> = (0..facts.coefficients.len())
            .map(|k| {
                let taps = forward.coefficients.iter().chain(&adjoint.coefficients);
                Footprint::new(taps.filter(|tap| tap.0 == k).map(|tap| tap.1))
            })
            .collect();

        let mut claimed = [[0; 2]; D];
        for (&axis, widths) in placing.axes().iter().zip(facts.halo) {
            claimed[axis] = *widths;
        }
        let mut place = Place::default();
        for (k, &axis) in placing.axes().iter().enumerate() {
            place.extent[k] = extent[axis];
            place.domain[k] = [domain.start[axis], domain.end[axis]];
            place.periodic[k] = periodic[axis];
            place.step[k] = isize::from(axis == D - 1);
        }
        Ok(Geometry {
            placing,
            forward,
            adjoint,
            claimed,
            coefficient_footprints,
            place,
        })
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

    /// The ghosts of this rank's block beyond the ends of the grid, as the forward reads them.
    ///
    /// # Errors
    /// An axis or a block too short for its boundary kind; the same on every rank.
    pub(crate) fn ghosts(&self, grid: &Grid<D>) -> Result<PhysicalGhosts<D>> {
        let boundaries = self.placing.boundaries;
        PhysicalGhosts::new(
            grid.decomposition(),
            grid.rank(),
            boundaries,
            self.forward.reach,
        )
    }

    /// How far from each face of this rank's block the taps of a pass reach cells of other blocks.
    pub(crate) fn seams(&self, grid: &Grid<D>, pass: &PassGeometry<D>) -> [[usize; 2]; D] {
        let ends = ends(grid);
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

    /// Ghosts that fields of the domain and range need, for either direction.
    pub(crate) fn margin(&self) -> [[usize; 2]; D] {
        std::array::from_fn(|axis| {
            let [a, b] = [&self.forward, &self.adjoint].map(|pass| pass.reach[axis]);
            let claimed = self.claimed[axis];
            [0, 1].map(|side| a[side].max(b[side]).max(claimed[side]))
        })
    }
}

impl<const D: usize> PassGeometry<D> {
    fn new(
        placing: &Placing<D>,
        pass: &Pass,
        fields: usize,
        interior: Region<D>,
        domain: Region<D>,
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
        let footprints = (0..fields).map(exchanged).collect();
        PassGeometry {
            reach: reach(taps.iter().map(|(_, offset)| offset)),
            coefficients: placing.taps(pass.coefficients),
            taps,
            footprints,
            interior,
            domain,
        }
    }
}

/// The blocks at the two ends of every axis, and the rows there that have a formula of their own.
struct EndBlocks<'a, const D: usize> {
    grid: &'a Grid<D>,
    cuts: [[isize; 2]; D],
}

impl<const D: usize> EndBlocks<'_, D> {
    /// Whether a tap that only the rows cut off at the ends of `axis` read stays in the block that owns the row.
    fn keep(&self, axis: usize, offset: &[isize; D]) -> bool {
        let decomposition = self.grid.decomposition();
        let last = decomposition.process_grid().dims[axis] - 1;
        let along_axis_alone = (0..D).all(|other| other == axis || offset[other] == 0);
        let room = |coordinate: usize, rows: isize| {
            decomposition.range(axis, coordinate).len() as isize >= rows + offset[axis].abs()
        };
        let [low, high] = self.cuts[axis];
        !self.grid.periodic()[axis] && along_axis_alone && room(0, low) && room(last, high)
    }
}

/// Whether this rank's block lies at a physical end of each axis, low and high.
fn ends<const D: usize>(grid: &Grid<D>) -> [[bool; 2]; D] {
    let (block, extent, periodic) = (grid.block(), grid.extent(), grid.periodic());
    std::array::from_fn(|axis| {
        let ends = [
            block.start[axis] == 0,
            block.end[axis] == extent[axis] as isize,
        ];
        ends.map(|end| end && !periodic[axis])
    })
}

fn whole<const D: usize>(extent: [isize; D]) -> Region<D> {
    Region {
        start: [0; D],
        end: extent,
    }
}

fn reach<'a, const D: usize>(
    offsets: impl Iterator<Item = &'a [isize; D]> + Clone,
) -> [[usize; 2]; D] {
    std::array::from_fn(|axis| {
        let along = offsets.clone().map(|offset| offset[axis]);
        let low = along.clone().min().unwrap_or(0).min(0);
        let high = along.max().unwrap_or(0).max(0);
        [low.unsigned_abs(), high.unsigned_abs()]
    })
}

#[cfg(test)]
mod tests;
