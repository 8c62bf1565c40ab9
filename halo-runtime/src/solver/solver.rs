//! The one interface of all iterative solvers: what a method supplies, and what it gets in return.
//!
//! A method writes its start and its step; stopping, history, callbacks, progress, saving and resuming are those of
//! [`Run`] and the same for all.

use std::ops::ControlFlow;
use std::path::Path;

use super::{Checkpoint, Measures, Options, Run, Snapshot, Solution, Status, Stop, Verdict};
use crate::error::Result;
use crate::field::Vector;

/// An iterative method with its problem: built by `new`, told when to stop, then solved at once or begun and stepped.
///
/// ```
/// use halo::{prelude::*, solver::Status};
/// use std::ops::ControlFlow;
///
/// #[stencil]
/// fn blur(u: Input<f64, 1>) -> f64 {
///     0.25 * u[-1] + 0.5 * u[0] + 0.25 * u[1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [40])?;
/// let blur = Blur.on(&grid)?;
/// let b = blur.forward(&grid.random(1))?;
///
/// // At once:
/// let mut curve = Vec::new();
/// let solution = Cgls::new(&blur, &b)
///     .stop(Stop::after(100).relative(1e-4))
///     .watch(|now| curve.push(now.iteration.residual))
///     .solve()?;
/// assert!(solution.status.is_solved() && curve.len() == solution.iterations());
///
/// // Step by step:
/// let mut run = Cgls::new(&blur, &b).begin()?;
/// while let Some(iteration) = run.step()? {
///     if iteration.residual < 1e-3 * b.norm()? {
///         break;
///     }
/// }
/// assert!(run.status().is_none());
///
/// // Until a callback says stop, on whichever rank:
/// let stopped = Cgls::new(&blur, &b)
///     .watch(|now| if now.iteration.number == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
///     .solve()?;
/// assert_eq!((stopped.status, stopped.iterations()), (Status::Stopped, 2));
/// # Ok::<(), halo::Error>(())
/// ```
///
/// All verbs are collective, and give the same bits on any number of ranks: every number that decides comes from an exact
/// inner product. Nothing is allocated per iteration once the run has begun, but by callbacks, by a progress bar that is
/// seen, and for the history beyond its first 65 536 iterations.
///
/// # Writing one
///
/// A method implements the required items and has the rest. Steepest descent for A x = b:
///
/// ```
/// use halo::solver::{Beginning, Measures, Options, State, Status};
/// use halo::{operator::SelfAdjoint, prelude::*};
/// use std::ops::ControlFlow;
///
/// struct Descent<'a, A: LinearOperator> {
///     a: &'a SelfAdjoint<A>,
///     b: &'a A::Domain,
///     options: Options<'a, A::Domain>,
/// }
///
/// struct Descending<X> {
///     x: X,
///     r: X,
///     q: X,
/// }
///
/// impl<X: Vector> State for Descending<X> {
///     type Unknown = X;
///     fn x(&self) -> &X {
///         &self.x
///     }
///     fn into_x(self) -> X {
///         self.x
///     }
/// }
///
/// impl<X: Vector> Descending<X> {
///     fn measures(&self) -> halo::Result<Measures> {
///         let residual = self.r.norm()?;
///         Ok(Measures { residual, model_norm: self.x.norm()?, objective: residual, optimality: residual })
///     }
/// }
///
/// impl<'a, X: Vector, A: LinearOperator<Domain = X, Range = X>> Solver<'a> for Descent<'a, A> {
///     type Unknown = X;
///     type State = Descending<X>;
///     const NAME: &'static str = "steepest descent";
///
///     fn options(&mut self) -> &mut Options<'a, X> {
///         &mut self.options
///     }
///
///     fn initialise(&self, start: Option<X>) -> halo::Result<Beginning<Descending<X>>> {
///         let x = start.unwrap_or_else(|| self.a.zero_domain());
///         let mut r = self.a.forward(&x)?;
///         r.aypx(-1.0, self.b)?;
///         let state = Descending { q: x.zeros_like(), x, r };
///         let reference = self.b.norm()?;
///         Ok(Beginning { measures: state.measures()?, zero_data: reference == 0.0, reference, state })
///     }
///
///     fn advance(&self, now: &mut Descending<X>) -> halo::Result<ControlFlow<Status, Measures>> {
///         self.a.forward_into(&now.r, &mut now.q)?;
///         let step = now.r.dot(&now.r)? / now.r.dot(&now.q)?;
///         if !step.is_finite() {
///             return Ok(ControlFlow::Break(Status::NotFinite));
///         }
///         now.x.axpy(step, &now.r)?;
///         now.r.axpy(-step, &now.q)?;
///         Ok(ControlFlow::Continue(now.measures()?))
///     }
/// }
///
/// #[stencil]
/// fn elastic(u: Input<f64, 1>) -> f64 {
///     3.0 * u[0] - u[-1] - u[1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [20])?;
/// let a = elastic_on(&grid)?;
/// # fn elastic_on(grid: &Grid<1>) -> halo::Result<halo::operator::SelfAdjoint<StencilOperator<Elastic, 1>>> {
/// #     Elastic.on(grid)?.self_adjoint()
/// # }
/// let b = grid.random(1);
/// let descent = Descent { a: &a, b: &b, options: Options::default() };
/// assert!(descent.stop(Stop::after(200).relative(1e-10)).solve()?.status.is_solved());
/// # Ok::<(), halo::Error>(())
/// ```
pub trait Solver<'a>: Sized {
    /// What is solved for.
    type Unknown: Vector;
    /// Everything that a step changes.
    type State: State<Unknown = Self::Unknown>;
    /// What messages and saved states call the method.
    const NAME: &'static str;

    /// The choices that all solvers share.
    fn options(&mut self) -> &mut Options<'a, Self::Unknown>;

    /// The state before the first step; without a start, at zero. Collective.
    ///
    /// # Errors
    /// Those of the operators; vectors of other spaces.
    fn initialise(&self, start: Option<Self::Unknown>) -> Result<Beginning<Self::State>>;

    /// One iteration, or why there is none: then x is left as it was. Collective.
    ///
    /// # Errors
    /// Those of the operators.
    fn advance(&self, state: &mut Self::State) -> Result<ControlFlow<Status, Measures>>;

    /// Computes all that follows from x anew, and starts the method's recurrences from there: called where a tolerance seems
    /// to be met. None, where the measures of every step are computed from x already. Collective.
    ///
    /// # Errors
    /// Those of the operators.
    fn refresh(&self, _: &mut Self::State) -> Result<Option<Measures>> {
        Ok(None)
    }

    /// Parameters that a saved state may only be resumed with.
    fn settings(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// Starts from `x` instead of zero.
    fn start(mut self, x: Self::Unknown) -> Self {
        self.options().start = Some(x);
        self
    }

    /// When to stop; the default is [`Stop::default`].
    fn stop(mut self, stop: Stop) -> Self {
        self.options().stop = stop;
        self
    }

    /// Whether rank 0 shows a progress bar with the residual once a run has taken two seconds, which it does unless told
    /// otherwise, on a terminal only.
    fn progress(mut self, shown: bool) -> Self {
        self.options().progress = shown;
        self
    }

    /// Calls `callback` after every iteration, on every rank; it may return nothing, a
    /// [`ControlFlow`](std::ops::ControlFlow), or either in a `Result`. Where one rank breaks, all stop; where one fails, all
    /// fail. One small message more per iteration.
    fn watch<V: Verdict>(
        mut self,
        mut callback: impl FnMut(Snapshot<'_, Self::Unknown>) -> V + 'a,
    ) -> Self {
        self.options().watch = Some(Box::new(move |now| callback(now).flow()));
        self
    }

    /// The run before its first step. Collective.
    ///
    /// # Errors
    /// Tolerances or parameters that make no sense, vectors of other spaces than the operators', and what operators return.
    fn begin(self) -> Result<Run<'a, Self>> {
        Run::begin(self)
    }

    /// The run as it was [saved](Run::save), on any number of ranks; the operators and data are those of the solver, which
    /// is built as it was then. It goes on with the same bits as if it had not been interrupted. Collective.
    ///
    /// # Errors
    /// As for [`begin`](Solver::begin); files that are missing, damaged or of another solver, parameters, data or grid.
    fn resume(self, folder: impl AsRef<Path>) -> Result<Run<'a, Self>>
    where
        Self::State: Checkpoint,
    {
        Run::resume(self, folder.as_ref())
    }

    /// Runs to the end. Collective.
    ///
    /// # Errors
    /// As for [`begin`](Solver::begin), and those of the callback. A run that finds no solution is no error but a
    /// [`Status`]; [`Solution::solved`] makes it one.
    fn solve(self) -> Result<Solution<Self::Unknown>> {
        self.begin()?.finish()
    }
}

/// Everything that a step changes, and the iterate in it.
pub trait State {
    /// What is solved for.
    type Unknown: Vector;

    /// The iterate.
    fn x(&self) -> &Self::Unknown;

    /// The iterate, when nothing else is needed any more.
    fn into_x(self) -> Self::Unknown;
}

/// How a run begins.
pub struct Beginning<S> {
    /// The state before the first step.
    pub state: S,
    /// What is known of the start, computed from it.
    pub measures: Measures,
    /// The optimality of x = 0, to which tolerances are relative.
    pub reference: f64,
    /// Whether the data are zero; then the state is at x = 0, the solution.
    pub zero_data: bool,
}
