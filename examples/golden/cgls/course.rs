//! The course of CGLS on a process grid: x after the iterations that the reference shows, and the curves.

use halo::{
    Comm, Error, Field, Grid, Result, Vector,
    operator::{Identity, Operator},
    solver::{Cgls, Run, Solver, Stop},
    stock::GradientGrid,
};
use ndarray::IntoDimension;

use super::{
    super::{
        built::{Built, built},
        convolution::ConvolutionGrid,
        ranks::Ranks,
        run::{local, whole},
    },
    case::Case,
};

/// What came out, x whole and in C order.
#[derive(Default)]
pub struct Course {
    pub iterations: usize,
    /// x after each of the iterations that the reference shows.
    pub models: Vec<Vec<f64>>,
    pub x: Vec<f64>,
    pub cost: Vec<f64>,
    pub gradient2: Vec<f64>,
}

/// Runs a case on a process grid, or without one on that which the library chooses.
pub fn run(case: &Case, ranks: Ranks, process_grid: Option<&[usize]>) -> Result<Course> {
    ranks.launch(|comm| match case.dims.len() {
        1 => on_axes::<1>(case, comm, process_grid),
        2 => on_axes::<2>(case, comm, process_grid),
        3 => on_axes::<3>(case, comm, process_grid),
        axes => Err(Error::Invalid(format!(
            "the case has {axes} axes, not 1 to 3"
        ))),
    })
}

fn on_axes<const D: usize>(
    case: &Case,
    comm: &Comm,
    process_grid: Option<&[usize]>,
) -> Result<Course>
where
    Grid<D>: GradientGrid<D> + ConvolutionGrid<D>,
    [usize; D]: IntoDimension,
{
    let mut builder = Grid::builder(comm, std::array::from_fn(|axis| case.dims[axis]));
    if let Some(dims) = process_grid {
        builder = builder.process_grid(std::array::from_fn(|axis| dims[axis]));
    }
    let grid = builder.build()?;
    let b = local(&grid, &case.b.values, 0);
    let operator = |operation| built(operation, &grid, [&None, &case.hs]);
    let a = match &case.problem.a {
        None => Operator::new(Identity::like(&b)),
        Some(operation) => match operator(operation)? {
            Built::Field(a) => a,
            Built::Gradient(_) => {
                return Err(Error::Invalid(
                    "A makes a gradient, but b is a field".into(),
                ));
            }
        },
    };
    let (solver, eps) = (Cgls::new(&a, &b), case.problem.eps);
    match case.problem.l.as_ref().map(operator).transpose()? {
        None => course(case, solver),
        Some(Built::Field(l)) => course(case, solver.regularise(eps, &l)),
        Some(Built::Gradient(l)) => course(case, solver.regularise(eps, &l)),
    }
}

fn course<const D: usize, Y: Vector>(
    case: &Case,
    solver: Cgls<'_, Field<f64, D>, Y>,
) -> Result<Course>
where
    [usize; D]: IntoDimension,
{
    let problem = &case.problem;
    // The reference's `tol` bounds the square.
    let stop = Stop::after(problem.niter).absolute(problem.tol.sqrt());
    let mut run: Run<_> = solver.damping(problem.damp).stop(stop).begin()?;
    let mut models = Vec::new();
    while let Some(now) = run.step()? {
        let mut shown = case.expected.snapshots.iter();
        if shown.any(|(number, _)| *number == now.number) {
            models.push(whole(run.x())?);
        }
    }
    let optimalities = run.history().optimalities();
    Ok(Course {
        iterations: run.iteration().number,
        models,
        x: whole(run.x())?,
        cost: run.history().residuals(),
        gradient2: optimalities.iter().map(|norm| norm * norm).collect(),
    })
}
