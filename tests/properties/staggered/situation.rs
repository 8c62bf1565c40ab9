//! One random grid for a staggered kernel, what the plain function gives on it, and the operator on any ranks.

use halo::operator::{LinearOperator, StencilExt};
use halo::prelude::*;
use halo::{Boundary, Error, FieldSet, Result, Values, launch_all};
use ndarray::{ArrayD, Dimension, IntoDimension, IxDyn};

use super::zoo::{Point, Site, Specimen};
use crate::common::oracle::Extended;
use crate::common::random::{Random, noise};
use crate::common::subject::bits;

/// A whole array, row-major.
pub type Array = Vec<f64>;

#[derive(Clone, Debug)]
pub struct Situation<const D: usize> {
    /// Number of cells per axis.
    pub cells: [usize; D],
    pub periodic: [bool; D],
    pub kinds: [[Boundary; 2]; D],
    pub coefficient_kind: Boundary,
    pub seed: u64,
}

/// Everything that a user can see of an application, as bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub forward: Vec<Vec<u64>>,
    pub adjoint: Vec<Vec<u64>>,
    /// <A x, y>, <x, Aᵀ y>, |A x|.
    pub products: [u64; 3],
}

impl<const D: usize> Situation<D> {
    pub fn draw<K: Specimen<N, D>, const N: usize>(most: usize, random: &mut Random) -> Self {
        let periodic = std::array::from_fn(|_| random.chance(25));
        let has_ends = |axis: usize| K::AXES.contains(&axis) && !periodic[axis];
        let kinds: Vec<_> = Boundary::ALL
            .into_iter()
            .filter(|kind| *kind != Boundary::Valid || !K::ROWS_DIFFER)
            .collect();
        Situation {
            cells: std::array::from_fn(|_| random.between(2, most)),
            kinds: std::array::from_fn(|axis| match has_ends(axis) {
                true => [0, 1].map(|_| random.pick(&kinds)),
                false => [Boundary::Zero; 2],
            }),
            periodic,
            coefficient_kind: random.pick(&[Boundary::Clamp, Boundary::Clamp, Boundary::Zero]),
            seed: random.bits(),
        }
    }

    /// Number of points of a location per axis.
    pub fn extent(&self, site: Site) -> [usize; D] {
        std::array::from_fn(|axis| {
            self.cells[axis] + usize::from(site.contains(&axis) && !self.periodic[axis])
        })
    }

    /// One array of numbers for each field; `component` keeps kinds of fields apart.
    pub fn arrays(&self, sites: &[Site], component: usize) -> Vec<Array> {
        let array = |(k, site): (usize, &Site)| {
            let count = self.extent(site).iter().product();
            let value = |point| noise(self.seed, 16 * component + k, point);
            (0..count).map(value).collect()
        };
        sites.iter().enumerate().map(array).collect()
    }

    fn coefficients(&self, sites: &[Site]) -> Vec<Array> {
        let mut arrays = self.arrays(sites, 1);
        arrays.iter_mut().flatten().for_each(|value| *value += 1.5);
        arrays
    }

    /// A x by the plain kernel.
    pub fn forward<K: Specimen<N, D>, const N: usize>(&self, inputs: &[Array]) -> Vec<Vec<u64>> {
        let walls = [[self.coefficient_kind; 2]; D];
        let coefficients = self.coefficients(K::COEFFICIENTS);
        let inputs = self.extended(inputs, K::INPUTS, self.kinds);
        let coefficients = self.extended(&coefficients, K::COEFFICIENTS, walls);
        let together = K::OUTPUTS.iter().all(|site| *site == K::OUTPUTS[0]);
        let output = |(k, site): (usize, &Site)| {
            let extent = self.extent(site);
            let value = |index: [usize; D]| {
                let displaced = |offset: [isize; N]| {
                    let mut there = index.map(|i| i as isize);
                    let along = K::AXES.iter().zip(offset);
                    along.for_each(|(axis, o)| there[*axis] += o);
                    there
                };
                let row = K::call(&Point {
                    index: K::AXES.map(|axis| index[axis]),
                    extent: K::AXES.map(|axis| extent[axis]),
                    reach: K::REACH,
                    input: &|k, offset| inputs[k].at(displaced(offset)),
                    coefficient: &|k, offset| coefficients[k].at(displaced(offset)),
                });
                // Under `Valid` a row that leaves the grid is zero; outputs at one location have their rows in common.
                let leaves = match together {
                    true => row.iter().any(|value| value.is_nan()),
                    false => row[k].is_nan(),
                };
                bits(if leaves { 0.0 } else { row[k] })
            };
            indices(extent).map(value).collect()
        };
        K::OUTPUTS.iter().enumerate().map(output).collect()
    }

    fn extended<'a>(
        &self,
        arrays: &'a [Array],
        sites: &[Site],
        kinds: [[Boundary; 2]; D],
    ) -> Vec<Extended<'a, f64, D>> {
        let extended = |(cells, site): (&'a Array, &Site)| Extended {
            cells,
            extent: self.extent(site),
            periodic: self.periodic,
            kinds,
        };
        arrays.iter().zip(sites).map(extended).collect()
    }

    /// The operator on a process grid, applied to random fields. A refusal is the same on every rank.
    pub fn run<K: Specimen<N, D>, const N: usize>(
        &self,
        process_grid: [usize; D],
        random: &mut Random,
    ) -> Result<Outcome, Error>
    where
        K::Domain<f64, D>: Vector,
        K::Range<f64, D>: Vector,
        [usize; D]: IntoDimension,
        <[usize; D] as IntoDimension>::Dim: Dimension,
    {
        let (x, y) = (self.arrays(K::INPUTS, 2), self.arrays(K::OUTPUTS, 3));
        let (threads, overlap) = (random.between(1, 2), random.chance(70));
        let (narrow, far) = (random.chance(30), random.chance(50));
        let coefficients = self.shaped(K::COEFFICIENTS);
        let parts = launch_all(process_grid.iter().product(), |comm| {
            let build = || {
                Grid::builder(comm, self.cells)
                    .periodic(self.periodic)
                    .process_grid(process_grid)
                    .build()
            };
            let grid = build()?;
            let mut placement = K::make(coefficients.clone())
                .coefficient_boundary(self.coefficient_kind)
                .boundary(Boundary::Zero);
            for axis in K::AXES.into_iter().filter(|axis| !self.periodic[*axis]) {
                for (side, kind) in [Side::Low, Side::High].into_iter().zip(self.kinds[axis]) {
                    placement = placement.boundary_at(axis, side, kind);
                }
            }
            let operator = match placement.on(&grid) {
                Ok(operator) => operator,
                Err(error) => return Ok(Err(error)),
            };
            operator.tune(|tuning| {
                (tuning.threads, tuning.overlap) = (threads, overlap);
                tuning.cache = if far { 0 } else { usize::MAX };
            })?;
            operator.exact_adjoint_test()?;
            // Fields of a grid that no operator was placed on have no margin.
            let home = if narrow { build()? } else { grid };
            let mut input = <K::Domain<f64, D> as FieldSet<f64, D>>::zeros(&home);
            let mut output = <K::Range<f64, D> as FieldSet<f64, D>>::zeros(&home);
            input.with_mut(|fields| set(fields, &x));
            output.with_mut(|fields| set(fields, &y));
            let forward = operator.forward(&input)?;
            let adjoint = operator.adjoint(&output)?;
            let products = [forward.dot(&output)?, input.dot(&adjoint)?, forward.norm()?];
            Ok(Ok(Outcome {
                products: products.map(bits),
                forward: forward.with(whole)?,
                adjoint: adjoint.with(whole)?,
            }))
        })?;
        parts.into_iter().next().expect("a job has a rank")
    }

    fn shaped(&self, sites: &[Site]) -> Vec<ArrayD<f64>> {
        let arrays = self.coefficients(sites).into_iter().zip(sites);
        let shaped = arrays.map(|(array, site)| {
            let shape = IxDyn(&self.extent(site));
            ArrayD::from_shape_vec(shape, array).expect("as many numbers as points")
        });
        shaped.collect()
    }
}

/// All indices, row-major.
fn indices<const D: usize>(extent: [usize; D]) -> impl Iterator<Item = [usize; D]> {
    let all = halo::Region::of_extent(extent).indices();
    all.map(|index| index.map(|i| i as usize))
}

fn set<const D: usize>(fields: &mut [&mut Values<f64, D>], arrays: &[Array]) {
    assert_eq!(fields.len(), arrays.len());
    for (field, array) in fields.iter_mut().zip(arrays) {
        let extent = field.extent();
        assert_eq!(extent.iter().product::<usize>(), array.len());
        field.update(|index, value| {
            let point = index
                .iter()
                .zip(extent)
                .fold(0, |point, (i, n)| point * n + i);
            *value = array[point];
        });
    }
}

/// The bits of whole fields, on rank 0.
fn whole<const D: usize>(fields: &[&Values<f64, D>]) -> Result<Vec<Vec<u64>>>
where
    [usize; D]: IntoDimension,
    <[usize; D] as IntoDimension>::Dim: Dimension,
{
    let whole = |field: &&Values<f64, D>| -> Result<Vec<u64>> {
        let array = field.gather(0)?;
        Ok(array.into_iter().flatten().map(bits).collect())
    };
    fields.iter().map(whole).collect()
}
