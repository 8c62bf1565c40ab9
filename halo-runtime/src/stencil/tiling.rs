//! How several steps of a repeated stencil are cut into tiles that stay in the cache, as plain data.
//!
//! Step s of a tile lies s - 1 skews further back than its first step: a point then finds all it reads computed by earlier
//! steps of this tile or by earlier tiles, and may replace the value of two steps before, which nobody reads any more. No
//! point is computed twice. (Parallelogram tiles, a wavefront: Wolfe, "More iteration space tiling", 1989.)

use crate::grid::Region;

/// Points of a step in one tile that keep a worker busy for much longer than it takes to hand them out.
const POINTS_PER_WORKER: usize = 1 << 15;

/// Steps of a pass at most: beyond them what is left of the traffic hides behind the arithmetic.
const MOST_STEPS: usize = 8;

/// What is known of a repetition when its tiles are chosen.
#[derive(Clone, Debug)]
pub(crate) struct Demand<const D: usize> {
    /// Points of the block.
    pub extent: [usize; D],
    /// How far a point reads, or is read from, along each axis.
    pub skew: [usize; D],
    /// How far a step reads past the sides of the block at which other blocks lie; 0 at the ends of the grid.
    pub seams: [[usize; 2]; D],
    /// Steps to take, and those that a pass can have.
    pub steps: usize,
    pub most: usize,
    /// Bytes of a point in all fields that change, and in those that do not.
    pub changing: usize,
    pub passive: usize,
    /// Bytes of cache.
    pub cache: usize,
    pub threads: usize,
    /// Steps of a pass, where the user says so.
    pub wished: Option<usize>,
}

/// The tiles of one pass over memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tiling<const D: usize> {
    /// Steps of the pass.
    pub steps: usize,
    /// Points of the block.
    extent: [usize; D],
    /// Points of a tile along each axis.
    tile: [usize; D],
    /// By how much a tile lies further back at each step.
    skew: [usize; D],
    /// By how much the points of a step are fewer than those of the step before, at each side.
    seams: [[usize; 2]; D],
}

impl<const D: usize> Demand<D> {
    /// Steps of a pass: as many as the user says, else 1 where more do not pay.
    pub(crate) fn steps_per_pass(&self) -> usize {
        let most = self.steps.min(self.most).max(1);
        let points: usize = self.extent.iter().product();
        let steps = match self.wished {
            Some(steps) => steps.clamp(1, most),
            None if points * (self.changing + self.passive) <= self.cache => 1,
            // Several workers of a tile wait for each other at every step, and blocks with neighbours compute points twice:
            // both were slower than single steps wherever it was measured.
            None if self.threads > 1 || self.seams != [[0; 2]; D] => 1,
            None => {
                let affordable = (1..=most.min(MOST_STEPS))
                    .filter(|steps| *steps == 1 || self.rows(*steps).is_some());
                let cost = |steps: &usize| self.traffic(*steps);
                affordable
                    .min_by(|a, b| cost(a).total_cmp(&cost(b)))
                    .unwrap_or(1)
            }
        };
        // Passes of equal depth.
        self.steps.div_ceil(self.steps.div_ceil(steps))
    }

    /// The tiles of a pass of so many steps.
    pub(crate) fn tiling(&self, steps: usize) -> Tiling<D> {
        let rows = self.rows(steps).unwrap_or_else(|| self.fewest_rows(steps));
        let mut tile: [usize; D] = std::array::from_fn(|axis| self.span(axis, steps));
        tile[0] = self.planes(rows);
        if D > 2 {
            tile[1] = rows;
        }
        Tiling {
            steps,
            extent: self.extent,
            tile,
            skew: self.skew,
            seams: self.seams,
        }
    }

    /// Rows of a tile, as many as stay in the cache; none where they are so few that their skew costs more than it saves.
    fn rows(&self, steps: usize) -> Option<usize> {
        let span = if D > 2 { self.span(1, steps) } else { 1 };
        let fewest = self.fewest_rows(steps);
        (1..=span)
            .map(|tiles| span.div_ceil(tiles))
            .take_while(|rows| *rows >= fewest)
            .find(|rows| self.in_flight(*rows, steps) <= self.cache / 4)
    }

    fn fewest_rows(&self, steps: usize) -> usize {
        match D > 2 {
            true => (2 * steps * self.skew[1]).clamp(1, self.span(1, steps)),
            false => 1,
        }
    }

    /// Planes of a tile: enough for all workers, as far as the cache holds them.
    fn planes(&self, rows: usize) -> usize {
        let plane = rows * self.column();
        let enough = (self.threads * POINTS_PER_WORKER).div_ceil(plane);
        let held = self.cache / 4 / (plane * (self.changing + self.passive));
        let planes = enough.min(held).max(self.skew[0]).max(1);
        planes.next_multiple_of(self.threads)
    }

    /// Bytes that a tile of so many rows works on.
    fn in_flight(&self, rows: usize, steps: usize) -> usize {
        let passive = (steps - 1) * self.skew[0] + self.planes(rows);
        let changing = passive + 2 * self.skew[0];
        let rows = match D > 2 {
            true => (rows + (steps + 1) * self.skew[1]).min(self.extent[1]),
            false => 1,
        };
        (changing * self.changing + passive * self.passive) * rows * self.column()
    }

    /// Traffic with memory, in units of that of one step.
    fn traffic(&self, steps: usize) -> f64 {
        let again = match self.rows(steps) {
            Some(rows) if D > 2 && rows < self.span(1, steps) => {
                (steps * self.skew[1]) as f64 / rows as f64
            }
            _ => 0.0,
        };
        (1.0 + again) / steps as f64
    }

    /// Points of one row of a plane.
    fn column(&self) -> usize {
        self.extent.iter().skip(if D > 2 { 2 } else { 1 }).product()
    }

    fn span(&self, axis: usize, steps: usize) -> usize {
        span(self.extent[axis], self.seams[axis], self.skew[axis], steps)
    }
}

impl<const D: usize> Tiling<D> {
    /// The points of every step of every tile in the order in which they may be computed, with the window in which their
    /// ghosts are known from then on, the margin `ghosts` included.
    pub(crate) fn for_each(
        &self,
        ghosts: [[usize; 2]; D],
        mut visit: impl FnMut(usize, Region<D>, Region<D>),
    ) {
        let count = |axis: usize| match axis < D {
            true => self.span(axis).div_ceil(self.tile[axis]),
            false => 1,
        };
        for across in 0..count(1) {
            for along in 0..count(0) {
                let number = std::array::from_fn(|axis| match axis {
                    0 => along,
                    1 => across,
                    _ => 0,
                });
                for step in 1..=self.steps {
                    let points = self.points(number, step);
                    if !points.is_empty() {
                        visit(step, points, self.window(number, step, ghosts));
                    }
                }
            }
        }
    }

    /// All points of a step.
    pub(crate) fn step(&self, step: usize) -> Region<D> {
        let left = self.steps - step;
        Region::of_extent(self.extent).grow(self.seams.map(|sides| sides.map(|side| left * side)))
    }

    fn points(&self, number: [usize; D], step: usize) -> Region<D> {
        Region {
            start: std::array::from_fn(|axis| self.cut(axis, number[axis], step)),
            end: std::array::from_fn(|axis| self.cut(axis, number[axis] + 1, step)),
        }
    }

    /// Where a tile begins at a step.
    fn cut(&self, axis: usize, number: usize, step: usize) -> isize {
        let start = self.step(1).start[axis] + (number * self.tile[axis]) as isize;
        let points = self.step(step);
        let cut = start - ((step - 1) * self.skew[axis]) as isize;
        cut.clamp(points.start[axis], points.end[axis])
    }

    /// The points of a step whose ghosts can be filled after this tile, and not after the one before.
    ///
    /// Those at the low end wait until the points are there that they are made of.
    fn window(&self, number: [usize; D], step: usize, ghosts: [[usize; 2]; D]) -> Region<D> {
        let points = self.step(step);
        let reached = |axis: usize, number: usize| {
            let (start, end) = (points.start[axis], points.end[axis]);
            let [low, high] = ghosts[axis].map(|side| side as isize);
            match self.cut(axis, number, step) {
                cut if cut == end => cut + high,
                cut if cut - start > self.skew[axis] as isize => cut,
                _ => start - low,
            }
        };
        Region {
            start: std::array::from_fn(|axis| reached(axis, number[axis])),
            end: std::array::from_fn(|axis| reached(axis, number[axis] + 1)),
        }
    }

    fn span(&self, axis: usize) -> usize {
        span(
            self.extent[axis],
            self.seams[axis],
            self.skew[axis],
            self.steps,
        )
    }
}

/// Points along an axis that tiles have to cover, from the first of the first step on; a skew is as wide as any seam.
fn span(extent: usize, [low, _]: [usize; 2], skew: usize, steps: usize) -> usize {
    extent + (steps - 1) * (low + skew)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Walks the tiles and checks that every step finds what it reads and replaces nothing that is still wanted.
    fn check(demand: &Demand<3>, steps: usize) -> usize {
        let tiling = demand.tiling(steps);
        // The steps that are known of each point; before the first, all of step 0.
        let mut known: HashMap<[isize; 3], usize> = HashMap::new();
        let mut visits = 0;
        let neighbours = |point: [isize; 3]| {
            let around = demand.skew.map(|skew| [skew, skew]);
            Region::new(point, point.map(|i| i + 1)).grow(around)
        };
        tiling.for_each([[1, 1]; 3], |step, points, _| {
            visits += 1;
            for point in points.indices() {
                assert_eq!(
                    known.insert(point, step).unwrap_or(0),
                    step - 1,
                    "{point:?} {tiling:?}"
                );
                for near in neighbours(point).indices() {
                    let there = known.get(&near).copied().unwrap_or(0);
                    let before = (1..step)
                        .rev()
                        .find(|step| tiling.step(*step).contains(near));
                    let needed = before.filter(|before| *before + 1 == step);
                    assert!(
                        needed.is_none_or(|needed| there >= needed),
                        "{point:?} {tiling:?}"
                    );
                    // A value of step s is replaced by step s + 2, whose reader this would be.
                    assert!(there <= step, "{near:?} is past step {step}: {tiling:?}");
                }
            }
        });
        let own = Region::of_extent(demand.extent);
        assert!(own.indices().all(|point| known.get(&point) == Some(&steps)));
        visits
    }

    #[test]
    fn steps_find_what_they_read() {
        for (skew, seams) in [
            ([1, 1, 1], [[0, 0], [0, 0], [0, 0]]),
            ([2, 1, 0], [[0, 2], [1, 0], [0, 0]]),
            ([0, 2, 1], [[0, 0], [1, 2], [1, 1]]),
        ] {
            for (cache, threads) in [(0, 1), (1 << 11, 2), (1 << 30, 1)] {
                let demand = Demand {
                    extent: [9, 13, 3],
                    skew,
                    seams,
                    steps: 12,
                    most: 12,
                    changing: 16,
                    passive: 8,
                    cache,
                    threads,
                    wished: None,
                };
                let visits: Vec<_> = (1..6).map(|steps| check(&demand, steps)).collect();
                assert!(cache > 0 || visits[3] > 4, "one tile: {visits:?}");
            }
        }
    }

    #[test]
    fn passes_are_equally_deep_and_pay() {
        let demand = |extent, wished| Demand {
            extent,
            skew: [1; 3],
            seams: [[0; 2]; 3],
            steps: 9,
            most: 7,
            changing: 16,
            passive: 0,
            cache: 32 << 20,
            threads: 1,
            wished,
        };
        assert_eq!(demand([64, 64, 64], None).steps_per_pass(), 1);
        assert_eq!(demand([64, 64, 64], Some(6)).steps_per_pass(), 5);
        assert_eq!(demand([64, 64, 64], Some(100)).steps_per_pass(), 5);
        let alone = demand([512, 512, 256], None);
        assert!(alone.steps_per_pass() > 2);
        let with_workers = Demand {
            threads: 2,
            ..alone.clone()
        };
        assert_eq!(with_workers.steps_per_pass(), 1);
        let with_neighbours = Demand {
            seams: [[0, 1], [0, 0], [0, 0]],
            ..alone
        };
        assert_eq!(with_neighbours.steps_per_pass(), 1);
        assert_eq!(demand([4096, 2, 1 << 22], None).steps_per_pass(), 1);
    }
}
