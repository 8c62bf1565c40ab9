//! One case on one process grid: the operator built, applied both ways, and its adjoint tested exactly.

use halo::{
    Comm, Error, Field, FieldSet, Grid, Result, Vector,
    operator::{LinearOperator, Operator},
    stock::GradientGrid,
};
use ndarray::IntoDimension;

use super::{
    built::{Built, built},
    case::Case,
    convolution::ConvolutionGrid,
    ranks::Ranks,
};

/// What came out, whole and in C order.
pub struct Outcome {
    pub y: Vec<f64>,
    pub aty: Vec<f64>,
}

/// Runs a case on the ranks of the MPI job, or on thread ranks; without a process grid, on the one that the library
/// chooses. Under MPI every process gets the outcome.
pub fn run(case: &Case, ranks: Ranks, process_grid: Option<&[usize]>) -> Result<Outcome> {
    ranks.launch(|comm| match case.dims.len() {
        1 => on_axes::<1>(case, comm, process_grid),
        2 => on_axes::<2>(case, comm, process_grid),
        3 => on_axes::<3>(case, comm, process_grid),
        4 => on_axes::<4>(case, comm, process_grid),
        axes => Err(Error::Invalid(format!(
            "the case has {axes} axes; grids have 1 to 4"
        ))),
    })
}

fn on_axes<const D: usize>(
    case: &Case,
    comm: &Comm,
    process_grid: Option<&[usize]>,
) -> Result<Outcome>
where
    Grid<D>: GradientGrid<D> + ConvolutionGrid<D>,
    [usize; D]: IntoDimension,
{
    let mut builder = Grid::builder(comm, std::array::from_fn(|axis| case.dims[axis]));
    if let Some(dims) = process_grid {
        builder = builder.process_grid(std::array::from_fn(|axis| dims[axis]));
    }
    let grid = builder.build()?;
    match built(&case.operation, &grid, [&case.v, &case.hs])? {
        Built::Field(operator) => apply(case, &grid, operator),
        Built::Gradient(operator) => apply(case, &grid, operator),
    }
}

fn apply<const D: usize, X, Y>(
    case: &Case,
    grid: &Grid<D>,
    operator: Operator<X, Y>,
) -> Result<Outcome>
where
    X: Vector + FieldSet<f64, D>,
    Y: Vector + FieldSet<f64, D>,
    [usize; D]: IntoDimension,
{
    operator.exact_adjoint_test()?;
    let (mut x, mut yy) = (operator.zero_domain(), operator.zero_range());
    fill(grid, &mut x, &case.x.values)?;
    fill(grid, &mut yy, &case.yy.values)?;
    Ok(Outcome {
        y: whole(&operator.forward(&x)?)?,
        aty: whole(&operator.adjoint(&yy)?)?,
    })
}

/// Fills the fields from a whole array, component by component.
pub fn fill<const D: usize>(
    grid: &Grid<D>,
    fields: &mut impl FieldSet<f64, D>,
    values: &[f64],
) -> Result {
    fields.with_mut(|fields| {
        let mut numbered = fields.iter_mut().enumerate();
        numbered.try_for_each(|(k, field)| field.set_from(&local(grid, values, k)))
    })
}

/// This rank's part of component `k` of a whole array.
pub fn local<const D: usize>(grid: &Grid<D>, values: &[f64], k: usize) -> Field<f64, D> {
    let extent = grid.extent();
    grid.field(|index| {
        let cell = (0..D).fold(k, |cell, axis| cell * extent[axis] + index[axis]);
        values[cell]
    })
}

/// All components on all ranks.
pub fn whole<const D: usize>(fields: &impl FieldSet<f64, D>) -> Result<Vec<f64>>
where
    [usize; D]: IntoDimension,
{
    fields.with(|fields| {
        let mut values = Vec::new();
        for field in fields {
            values.extend(field.gather_all()?);
        }
        Ok(values)
    })
}
