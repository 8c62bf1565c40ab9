//! Non-stationary convolution of a trace and of a section, in two ways: as a stencil, and block by block between a halo
//! and a crop.

use halo::operator::{Block, Crop, Halo};
use halo::prelude::*;
use halo::{Error, Result, launch_or};
use ndarray::{Array, IntoDimension};

use super::comparison::{Comparison, Linear, expect_equal_bits};
use super::kernels::{Convolve, Spread};
use super::table::{Table, size_of};
use super::wavelets;

/// Traces and samples of the section; the trace has as many samples.
const EXTENT: [usize; 2] = [48, 256];

/// What went into a convolution and what came out, as whole arrays.
pub struct Convolution<const D: usize>
where
    [usize; D]: IntoDimension,
{
    pub input: Whole<D>,
    /// A x.
    pub forward: Whole<D>,
    /// Aᵀ A x.
    pub adjoint: Whole<D>,
    /// Differences of the adjoint from that of one rank, cell by cell: as a stencil, where there is none, and block by block,
    /// where sums have another order; the latter is missing where blocks are narrower than the halo.
    pub differences: Vec<Whole<D>>,
    pub ways: Vec<Way>,
}

type Whole<const D: usize> = Array<f64, <[usize; D] as IntoDimension>::Dim>;

/// One way to apply the operator and its adjoint, held against the stencil on one rank.
pub struct Way {
    pub name: &'static str,
    /// Largest difference in the forward and in the adjoint, relative to the largest value.
    pub differences: [f64; 2],
    /// |⟨A x, y⟩ − ⟨x, Aᵀ y⟩| relative to the norms.
    pub dot_difference: f64,
}

impl<const D: usize> Convolution<D>
where
    [usize; D]: IntoDimension,
{
    /// Appends a row for each way.
    pub fn list(&self, axes: &str, table: &mut Table) {
        let equal = |difference: f64| match difference {
            0.0 => "equal".into(),
            _ => size_of(difference),
        };
        for way in &self.ways {
            let [forward, adjoint] = way.differences.map(equal);
            table.row([
                format!("{axes} {}", way.name),
                self.input.len().to_string(),
                forward,
                adjoint,
                size_of(way.dot_difference),
            ]);
        }
    }
}

/// A trace of 256 samples.
///
/// # Errors
/// As for [`section`].
pub fn trace(ranks: usize) -> Result<Option<Convolution<1>>> {
    let [_, samples] = EXTENT;
    Case {
        extent: [samples],
        halo: [14],
        spike: |[j]| spike(11, j, 23),
        place: |grid, [start]| {
            let h = wavelets::on_line(start)?;
            Ok(Operator::new(Convolve { h }.on(grid)?))
        },
    }
    .run(ranks)
}

/// A section of 48 traces; the result is rank 0's.
///
/// # Errors
/// A result that is not that of one rank, an adjoint that is not exact, more ranks than cells.
pub fn section(ranks: usize) -> Result<Option<Convolution<2>>> {
    Case {
        extent: EXTENT,
        halo: [7, 14],
        spike: |[i, j]| match i % 7 {
            3 => spike(5 + 4 * i, j, 61),
            _ => 0.0,
        },
        place: |grid, start| {
            let h = wavelets::on_plane(start)?;
            Ok(Operator::new(Spread { h }.on(grid)?))
        },
    }
    .run(ranks)
}

/// 1 and −1 in turn, so many samples apart.
fn spike(first: usize, sample: usize, apart: usize) -> f64 {
    match (sample + apart - first % apart) % apart {
        0 if (sample / apart).is_multiple_of(2) => 1.0,
        0 => -1.0,
        _ => 0.0,
    }
}

/// A convolution to be tried.
struct Case<const D: usize> {
    extent: [usize; D],
    halo: [usize; D],
    spike: fn([usize; D]) -> f64,
    /// The stencil on a grid that starts at a point of the whole.
    place: fn(&Grid<D>, [isize; D]) -> Result<Linear<D>>,
}

impl<const D: usize> Case<D>
where
    [usize; D]: IntoDimension,
{
    fn run(&self, ranks: usize) -> Result<Option<Convolution<D>>> {
        launch_or(ranks, |comm| {
            let grid = Grid::new(comm, self.extent)?;
            let [input, forward, adjoint] = self.apply(&grid)?;
            let tested = Comparison::of(&grid, |grid| (self.place)(grid, [0; D]))?;
            let mut blockwise = None;
            if let Some(chain) = self.chain(&grid)? {
                let (y, z) = (chain.forward(&input)?, chain.adjoint(&forward)?);
                let dot_difference = Comparison::dot_difference(&grid, &chain)?;
                blockwise = y
                    .gather(0)?
                    .zip(z.gather(0)?)
                    .map(|whole| (whole, dot_difference));
            }
            let fields = [input.gather(0)?, forward.gather(0)?, adjoint.gather(0)?];
            let [Some(input), Some(forward), Some(adjoint)] = fields else {
                return Ok(None);
            };

            let alone = self.apply(&Grid::new(&Comm::solo(), self.extent)?)?;
            let [_, one_forward, one_adjoint] = alone;
            let one = [one_forward.gather_all()?, one_adjoint.gather_all()?];
            expect_equal_bits("convolution, forward", &forward, &one[0])?;
            expect_equal_bits("convolution, adjoint", &adjoint, &one[1])?;
            let mut differences = vec![&adjoint - &one[1]];
            let mut ways = vec![Way {
                name: "stencil",
                differences: [0.0; 2],
                dot_difference: tested.dot_difference,
            }];
            if let Some(((y, z), dot_difference)) = blockwise {
                let [y, z] = [y - &one[0], z - &one[1]];
                ways.push(Way {
                    name: "Crop * Block * Halo",
                    differences: [
                        largest(&y) / largest(&one[0]),
                        largest(&z) / largest(&one[1]),
                    ],
                    dot_difference,
                });
                differences.push(z);
            }
            Ok(Some(Convolution {
                input,
                forward,
                adjoint,
                differences,
                ways,
            }))
        })
    }

    /// x, A x and Aᵀ A x of the stencil.
    fn apply(&self, grid: &Grid<D>) -> Result<[Field<f64, D>; 3]> {
        let operator = (self.place)(grid, [0; D])?;
        let x = grid.field(self.spike);
        let y = operator.forward(&x)?;
        let z = operator.adjoint(&y)?;
        Ok([x, y, z])
    }

    /// The operator block by block; none on blocks narrower than the halo.
    fn chain(&self, grid: &Grid<D>) -> Result<Option<Linear<D>>> {
        let halo = match Halo::new(grid, self.halo) {
            Err(Error::WideHalo { .. }) => return Ok(None),
            other => other?,
        };
        let blocks = halo.blocks();
        let local = Block::on_grid(&blocks, |block| (self.place)(block, blocks.start()))?;
        Ok(Some(Crop::of(&halo) * local * &halo))
    }
}

fn largest<I: ndarray::Dimension>(values: &Array<f64, I>) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}
