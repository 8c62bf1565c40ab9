//! A specimen on arrays of D axes with its types forgotten: what is compiled once per kernel, so that the properties need
//! not be. Arrays are of f64 here; a kernel in f32 gets them rounded.

use halo::operator::{LinearOperator, StencilExt, StencilOperator};
use halo::prelude::*;
use halo::scalar::Scalar;
use halo::stencil::{Coefficient, InstructionSet};
use halo::{Error, FieldSet, Result, Values, launch_all};

use super::case::Case;
use super::numbers::{numbers, parts, parts_of};
use super::oracle;
use super::specimen::Specimen;

/// One whole array per field.
pub type Arrays = Vec<Vec<f64>>;

/// A kernel to be tested on grids of D axes.
pub struct Subject<const D: usize> {
    pub name: &'static str,
    pub scalar: &'static str,
    /// Doubles per point in the arrays of a field.
    pub parts: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub reach: &'static [[usize; 2]],
    pub rows_differ: bool,
    /// A x by the plain kernel function.
    pub forward: fn(&Case<D>, &[Vec<f64>]) -> Arrays,
    apply: fn(&Case<D>, &Comm, &Application) -> Result<Result<Part>>,
    exact_adjoint_test: fn(&Case<D>, &Comm) -> Result,
}

/// Speed, which the result must not show.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    pub instruction_set: InstructionSet,
    pub threads: usize,
    pub overlap: bool,
    /// Bytes; fields that are larger are fetched ahead and stored past the caches.
    pub cache: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning {
            instruction_set: InstructionSet::detect(),
            threads: 1,
            overlap: true,
            cache: usize::MAX,
        }
    }
}

/// What an operator is applied to, and how.
pub struct Application {
    pub inputs: Arrays,
    pub outputs: Arrays,
    pub tuning: Tuning,
}

/// Everything that a user can see of an application, NaNs made alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// A x, one array per output.
    pub forward: Vec<Vec<u64>>,
    /// Aᵀ y, one array per input.
    pub adjoint: Vec<Vec<u64>>,
    /// <A x, y>, <x, Aᵀ y>, |A x|, |Aᵀ y|.
    pub products: [u64; 4],
}

/// One rank's share of an outcome: the bits of its cells, per field, with their places among all cells.
pub struct Part {
    pub forward: Vec<Vec<(usize, u64)>>,
    pub adjoint: Vec<Vec<(usize, u64)>>,
    pub products: [u64; 4],
}

impl<const D: usize> Subject<D> {
    /// The specimen K of N stencil axes.
    pub fn of<K: Specimen<N>, const N: usize>() -> Self
    where
        K::Domain<K::Scalar, D>: Vector,
        K::Range<K::Scalar, D>: Vector,
    {
        Subject {
            name: K::FACTS.name,
            scalar: K::Scalar::NAME,
            parts: parts::<K::Scalar>(),
            inputs: K::FACTS.inputs.len(),
            outputs: K::FACTS.outputs,
            reach: const { &K::REACH },
            rows_differ: K::ROWS_DIFFER,
            forward: |case, inputs| {
                let outputs = oracle::forward::<K, N, D>(case, &rounded(inputs));
                outputs.iter().map(|array| parts_of(array)).collect()
            },
            apply: apply::<K, N, D>,
            exact_adjoint_test: |case, comm| {
                place::<K, N, D>(case, &case.grid(comm)?)?.exact_adjoint_test()
            },
        }
    }

    /// Arrays of random inputs and outputs.
    pub fn application(&self, case: &Case<D>) -> Application {
        Application {
            inputs: case.arrays(self.inputs, self.parts, 1),
            outputs: case.arrays(self.outputs, self.parts, 2),
            tuning: Tuning::default(),
        }
    }

    /// Applies the operator in this case. A refusal is the same on every rank.
    pub fn run(&self, case: &Case<D>, application: &Application) -> Result<Outcome, Error> {
        let parts = job(case.ranks(), &|comm| self.apply(case, comm, application))?;
        if parts.iter().any(Result::is_err) {
            let error = |part: Result<_>| part.err().expect("a refusal is everybody's");
            return Err(alike(parts.into_iter().map(error).collect()));
        }
        Ok(self.outcome(case, parts.into_iter().flatten().collect()))
    }

    /// Applies the operator on one rank of a running job. The inner error is a refusal.
    pub fn apply(
        &self,
        case: &Case<D>,
        comm: &Comm,
        application: &Application,
    ) -> Result<Result<Part>> {
        (self.apply)(case, comm, application)
    }

    /// What the shares of all ranks make together.
    pub fn outcome(&self, case: &Case<D>, parts: Vec<Part>) -> Outcome {
        let numbers = case.cells() * self.parts;
        Outcome {
            products: alike(parts.iter().map(|part| part.products).collect()),
            forward: whole(numbers, parts.iter().map(|part| &part.forward)),
            adjoint: whole(numbers, parts.iter().map(|part| &part.adjoint)),
        }
    }

    /// <A x, y> == <x, Aᵀ y> in exact arithmetic, in this case.
    pub fn exact_adjoint_test(&self, case: &Case<D>) -> Result {
        alike(job(case.ranks(), &|comm| {
            Ok(self.exact_adjoint_test_on(comm, case))
        })?)
    }

    /// As [`Subject::exact_adjoint_test`], on one rank of a running job.
    pub fn exact_adjoint_test_on(&self, comm: &Comm, case: &Case<D>) -> Result {
        (self.exact_adjoint_test)(case, comm)
    }
}

/// `launch_all`, compiled once for all programs.
fn job<R: Send>(ranks: usize, program: &(dyn Fn(&Comm) -> Result<R> + Sync)) -> Result<Vec<R>> {
    launch_all(ranks, program)
}

fn place<K: Specimen<N>, const N: usize, const D: usize>(
    case: &Case<D>,
    grid: &Grid<D>,
) -> Result<StencilOperator<K, D>> {
    let arrays = case.coefficients::<K::Scalar>(K::COEFFICIENTS);
    let field = |array: &Vec<K::Scalar>| {
        Coefficient::from(grid.field(|index| K::hold(array[case.cell(index)])))
    };
    let mut placement = K::make(arrays.iter().map(field).collect())
        .along(case.axes.clone())
        .coefficient_boundary(case.coefficient_kind);
    for &axis in case.axes.iter().filter(|axis| !case.periodic[**axis]) {
        for (side, kind) in [Side::Low, Side::High].into_iter().zip(case.kinds[axis]) {
            placement = placement.boundary_at(axis, side, kind);
        }
    }
    placement.on(grid)
}

fn apply<K: Specimen<N>, const N: usize, const D: usize>(
    case: &Case<D>,
    comm: &Comm,
    application: &Application,
) -> Result<Result<Part>>
where
    K::Domain<K::Scalar, D>: Vector,
    K::Range<K::Scalar, D>: Vector,
{
    let operator = match place::<K, N, D>(case, &case.grid(comm)?) {
        Ok(operator) => operator,
        Err(error) => return Ok(Err(error)),
    };
    let Tuning {
        instruction_set,
        threads,
        overlap,
        cache,
    } = application.tuning;
    operator.tune(|tuning| {
        tuning.instruction_set = instruction_set;
        (tuning.threads, tuning.overlap, tuning.cache) = (threads, overlap, cache);
    })?;
    let (mut x, mut y) = (operator.zero_domain(), operator.zero_range());
    x.with_mut(|fields| set(case, fields, &rounded(&application.inputs)));
    y.with_mut(|fields| set(case, fields, &rounded(&application.outputs)));
    let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);
    Ok(Ok(Part {
        products: [ax.dot(&y)?, x.dot(&aty)?, ax.norm()?, aty.norm()?].map(bits),
        forward: ax.with(|fields| own_bits(case, fields)),
        adjoint: aty.with(|fields| own_bits(case, fields)),
    }))
}

fn rounded<T: Scalar>(arrays: &[Vec<f64>]) -> Vec<Vec<T>> {
    arrays.iter().map(|array| numbers(array)).collect()
}

fn set<T: Scalar, const D: usize>(
    case: &Case<D>,
    fields: &mut [&mut Values<T, D>],
    arrays: &[Vec<T>],
) {
    assert_eq!(fields.len(), arrays.len());
    for (field, array) in fields.iter_mut().zip(arrays) {
        field.update(|index, cell| *cell = array[case.cell(index)]);
    }
}

/// The bits of a number, the same for every NaN.
pub fn bits(value: f64) -> u64 {
    if value.is_nan() {
        u64::MAX
    } else {
        value.to_bits()
    }
}

fn own_bits<T: Scalar, const D: usize>(
    case: &Case<D>,
    fields: &[&Values<T, D>],
) -> Vec<Vec<(usize, u64)>> {
    let own = |field: &&Values<T, D>| {
        let indices = field
            .block()
            .indices()
            .map(|index| index.map(|i| i as usize));
        let parts = |index| {
            let number = field.get(index).expect("this rank owns it");
            let first = case.cell(index) * self::parts::<T>();
            let parts = parts_of(&[number]).into_iter().enumerate();
            parts.map(move |(part, value)| (first + part, bits(value)))
        };
        indices.flat_map(parts).collect()
    };
    fields.iter().map(own).collect()
}

/// Whole arrays from the cells of all ranks; every cell is owned once.
fn whole<'a>(
    cells: usize,
    parts: impl Iterator<Item = &'a Vec<Vec<(usize, u64)>>>,
) -> Vec<Vec<u64>> {
    let mut arrays: Vec<Vec<Option<u64>>> = Vec::new();
    for part in parts {
        arrays.resize(part.len(), vec![None; cells]);
        for (array, cells) in arrays.iter_mut().zip(part) {
            for (cell, bits) in cells {
                assert_eq!(
                    array[*cell].replace(*bits),
                    None,
                    "two ranks own cell {cell}"
                );
            }
        }
    }
    let owned = |bits: Option<u64>| bits.expect("a rank owns every cell");
    arrays
        .into_iter()
        .map(|array| array.into_iter().map(owned).collect())
        .collect()
}

/// What all ranks say alike.
pub fn alike<T: PartialEq + std::fmt::Debug>(values: Vec<T>) -> T {
    let mut values = values.into_iter();
    let first = values.next().expect("a job has a rank");
    for (k, other) in values.enumerate() {
        assert_eq!(first, other, "rank 0 and rank {} differ", k + 1);
    }
    first
}
