//! One random situation for an operator: extents, process grid, blocks, periodic axes, boundary kinds.

use halo::scalar::Scalar;
use halo::{Boundary, Comm, Error, Grid, Result};

use super::numbers::{numbers, parts};
use super::oracle::cells_needed;
use super::random::{Random, noise};
use super::specimen::Values;
use super::subject::Subject;

/// Where an operator is put, and on how many ranks.
#[derive(Clone, Debug)]
pub struct Case<const D: usize> {
    pub extent: [usize; D],
    pub periodic: [bool; D],
    /// Ranks along each axis.
    pub process_grid: [usize; D],
    /// Sizes of the blocks along each axis; balanced where there are none.
    pub blocks: Option<[Vec<usize>; D]>,
    /// The array axis of each stencil axis.
    pub axes: Vec<usize>,
    pub kinds: [[Boundary; 2]; D],
    pub coefficient_kind: Boundary,
    pub seed: u64,
}

/// What a property allows the draw to choose.
#[derive(Clone, Copy)]
pub struct Limits {
    pub cells: usize,
    pub ranks: usize,
    /// By how much an axis may be longer than its boundary kinds need.
    pub stretch: usize,
    /// Whether `Valid` may be drawn for kernels whose rows read different cells.
    pub valid_for_all: bool,
}

impl<const D: usize> Case<D> {
    pub fn draw(subject: &Subject<D>, random: &mut Random, limits: Limits) -> Self {
        let mut array_axes: [usize; D] = std::array::from_fn(|axis| axis);
        random.shuffle(&mut array_axes);
        let axes = array_axes[..subject.reach.len()].to_vec();
        let mut reach = [[0; 2]; D];
        axes.iter()
            .zip(subject.reach)
            .for_each(|(axis, along)| reach[*axis] = *along);
        let acted = |axis: usize| axes.contains(&axis);

        let periodic = std::array::from_fn(|_| random.chance(25));
        let kinds: [[Boundary; 2]; D] =
            std::array::from_fn(|axis| match acted(axis) && !periodic[axis] {
                false => [Boundary::Zero; 2],
                true => [0, 1].map(|_| {
                    loop {
                        let kind = random.pick(&Boundary::ALL);
                        if kind != Boundary::Valid || limits.valid_for_all || !subject.rows_differ {
                            return kind;
                        }
                    }
                }),
            });
        // Most draws give the blocks at the ends what their boundary kinds need; all others may be one cell thin.
        let strict = random.chance(92);
        let balanced = random.chance(40);
        let ends: [[usize; 2]; D] = std::array::from_fn(|axis| {
            [0, 1].map(|side| match strict {
                true => block_needed(kinds[axis][side], reach[axis][side]).max(1),
                false => 1,
            })
        });
        let least = |axis: usize, blocks: usize| {
            let [low, high] = ends[axis];
            match blocks {
                1 => low.max(high),
                _ if balanced => blocks * low.max(high),
                _ => low + high + blocks - 2,
            }
        };

        let mut stretch = limits.stretch;
        let (process_grid, extent) = loop {
            let ranks = random.pick(&[1, 2, 2, 3, 4, 4, 6, 8, 9, 12, 18, 27]);
            let process_grid = deal_out(random, ranks.min(limits.ranks));
            let extent: [usize; D] = std::array::from_fn(|axis| {
                let more = if acted(axis) { stretch } else { stretch / 3 };
                least(axis, process_grid[axis]) + random.between(0, more)
            });
            if extent.iter().product::<usize>() <= limits.cells {
                break (process_grid, extent);
            }
            stretch -= stretch.div_ceil(8);
        };
        let sizes = |axis| random_sizes(random, extent[axis], process_grid[axis], ends[axis]);
        Case {
            extent,
            periodic,
            process_grid,
            blocks: (!balanced).then(|| std::array::from_fn(sizes)),
            axes,
            kinds,
            coefficient_kind: random.pick(&[
                Boundary::Clamp,
                Boundary::Clamp,
                Boundary::Clamp,
                Boundary::Zero,
            ]),
            seed: random.bits(),
        }
    }

    pub fn ranks(&self) -> usize {
        self.process_grid.iter().product()
    }

    pub fn cells(&self) -> usize {
        self.extent.iter().product()
    }

    /// All indices, row-major.
    pub fn indices(&self) -> impl Iterator<Item = [usize; D]> + use<D> {
        let extent = self.extent;
        (0..self.cells()).map(move |mut rest| {
            let mut index = [0; D];
            for axis in (0..D).rev() {
                index[axis] = rest % extent[axis];
                rest /= extent[axis];
            }
            index
        })
    }

    /// The place of an index among all cells, row-major.
    pub fn cell(&self, index: [usize; D]) -> usize {
        index
            .iter()
            .zip(self.extent)
            .fold(0, |cell, (i, n)| cell * n + i)
    }

    /// The same situation on one rank.
    pub fn on_one_rank(&self) -> Self {
        Case {
            process_grid: [1; D],
            blocks: None,
            ..self.clone()
        }
    }

    pub fn has_valid_ends(&self) -> bool {
        self.kinds
            .iter()
            .flatten()
            .any(|kind| *kind == Boundary::Valid)
    }

    pub fn grid(&self, comm: &Comm) -> Result<Grid<D>> {
        let builder = Grid::builder(comm, self.extent).periodic(self.periodic);
        match &self.blocks {
            None => builder.process_grid(self.process_grid).build(),
            Some(sizes) => builder
                .blocks(std::array::from_fn(|axis| &sizes[axis][..]))
                .build(),
        }
    }

    /// Whether the operator may be refused here in this way: blocks that are too thin for their boundary kinds, or rows of
    /// the kernel's own at an end that cover only a part of what `Valid` leaves out there.
    pub fn allows(&self, subject: &Subject<D>, refusal: &Error) -> bool {
        match refusal {
            Error::ThinBlock { .. } | Error::AxisTooShort { .. } => self.is_thin(subject),
            Error::Invalid(message) => {
                self.has_valid_ends() && subject.rows_differ && message.contains("rows of its own")
            }
            _ => false,
        }
    }

    /// Whether the operator may be refused here for its extent: the block at an end is thinner than what its boundary kind is made of, or
    /// than what the stencil reaches.
    pub fn is_thin(&self, subject: &Subject<D>) -> bool {
        self.ends(subject)
            .any(|(kind, reach, block, _)| block < block_needed(kind, reach))
    }

    /// Whether the operator must be refused here: ghosts are made of cells that the axis does not have.
    pub fn is_impossible(&self, subject: &Subject<D>) -> bool {
        self.ends(subject)
            .any(|(kind, reach, _, extent)| extent < cells_needed(kind, reach))
    }

    /// Every physical end the stencil acts on: kind, reach, size of the block there, extent of the axis.
    fn ends(&self, subject: &Subject<D>) -> impl Iterator<Item = (Boundary, usize, usize, usize)> {
        let axes = self.axes.iter().copied().zip(subject.reach.iter().copied());
        axes.filter(|(axis, _)| !self.periodic[*axis])
            .flat_map(|(axis, reach)| {
                let (extent, ranks) = (self.extent[axis], self.process_grid[axis]);
                [0, 1].map(|side| {
                    let block = match &self.blocks {
                        Some(sizes) => sizes[axis][[0, ranks - 1][side]],
                        // The first ones are larger.
                        None => extent / ranks + usize::from(side == 0 && extent % ranks > 0),
                    };
                    (self.kinds[axis][side], reach[side], block, extent)
                })
            })
    }

    /// Whole arrays of input or output values, as so many parts a number.
    pub fn arrays(&self, count: usize, parts: usize, salt: u64) -> Vec<Vec<f64>> {
        let value = |k| move |part| noise(self.seed ^ salt, k, part);
        (0..count)
            .map(|k| (0..self.cells() * parts).map(value(k)).collect())
            .collect()
    }

    /// Whole arrays of coefficients.
    pub fn coefficients<T: Scalar>(&self, values: &[Values]) -> Vec<Vec<T>> {
        let mut arrays = self.arrays(values.len(), parts::<T>(), 0xc0ef);
        for (array, values) in arrays.iter_mut().zip(values) {
            for value in array {
                *value = match values {
                    Values::Positive => 1.0 + 0.5 * *value,
                    Values::Gaps if value.abs() < 1.0 / 3.0 => 0.0,
                    Values::Gaps => *value,
                };
            }
        }
        arrays.iter().map(|array| numbers(array)).collect()
    }
}

/// The thinnest block that is served at an end whatever the ranks.
fn block_needed(kind: Boundary, reach: usize) -> usize {
    match cells_needed(kind, reach.max(2)) {
        // No ghost is made of anything.
        0 => 0,
        _ if reach == 0 => 0,
        _ => cells_needed(kind, reach).max(reach + 1),
    }
}

/// Ranks dealt out to the axes at random, factor by factor.
pub fn deal_out<const D: usize>(random: &mut Random, ranks: usize) -> [usize; D] {
    let mut dims = [1; D];
    let mut rest = ranks;
    for prime in [2, 3] {
        while rest.is_multiple_of(prime) {
            dims[random.between(0, D - 1)] *= prime;
            rest /= prime;
        }
    }
    dims
}

/// Sizes of blocks, those at the ends at least as given.
fn random_sizes(random: &mut Random, extent: usize, blocks: usize, ends: [usize; 2]) -> Vec<usize> {
    let mut sizes = vec![1; blocks];
    if blocks > 1 {
        (sizes[0], sizes[blocks - 1]) = (ends[0], ends[1]);
    }
    for _ in sizes.iter().sum()..extent {
        sizes[random.between(0, blocks - 1)] += 1;
    }
    sizes
}
