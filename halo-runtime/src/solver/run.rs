//! A solver at work: takes steps, keeps the history, decides when to stop, saves itself.

use std::ops::ControlFlow;
use std::path::Path;

use super::checkpoint::Saved;
use super::progress::Bar;
use super::stop::Judge;
use super::watch::{self, Snapshot, Watch};
use super::{Beginning, Checkpoint, History, Iteration, Solution, Solver, State, Status, Stop};
use crate::error::Result;
use crate::field::Vector;

/// Iterations for which a history has room from the start, 2.6 MB at most.
const ROOM: usize = 1 << 16;

/// A solver that has begun: [`step`](Run::step) it, look at it, [`save`](Run::save) it, [`finish`](Run::finish) it.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn elastic(u: Input<f64, 2>) -> f64 {
///     5.0 * u[[0, 0]] - u[[-1, 0]] - u[[1, 0]] - u[[0, -1]] - u[[0, 1]]
/// }
///
/// let folder = std::env::temp_dir().join("halo-run-example");
/// let stop = Stop::after(50).relative(1e-10);
/// let bits = |x: &Field<f64, 2>| x.norm().map(f64::to_bits);
/// // Interrupted on four ranks ..
/// let whole = halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [12, 9])?;
///     let (elastic, b) = (Elastic.on(&grid)?.self_adjoint()?, grid.random(1));
///     let mut run = Cg::new(&elastic, &b).stop(stop).begin()?;
///     for _ in 0..5 {
///         run.step()?;
///     }
///     run.save(&folder)?;
///     bits(&run.finish()?.x)
/// })?;
/// // .. and resumed on one.
/// let resumed = halo::launch_on(1, |comm| {
///     let grid = Grid::new(comm, [12, 9])?;
///     let (elastic, b) = (Elastic.on(&grid)?.self_adjoint()?, grid.random(1));
///     let run = Cg::new(&elastic, &b).stop(stop).resume(&folder)?;
///     assert_eq!(run.iteration().number, 5);
///     bits(&run.finish()?.x)
/// })?;
/// assert_eq!(whole, resumed);
/// # std::fs::remove_dir_all(folder).ok();
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Run<'a, S: Solver<'a>> {
    solver: S,
    state: S::State,
    history: History,
    status: Option<Status>,
    stop: Stop,
    judge: Judge,
    reference: f64,
    /// The optimality, computed from x, where a recurrence had wrongly promised convergence the last time.
    attained: f64,
    watch: Option<Watch<'a, S::Unknown>>,
    bar: Bar,
}

impl<'a, S: Solver<'a>> Run<'a, S> {
    pub(super) fn begin(mut solver: S) -> Result<Self> {
        let options = std::mem::take(solver.options());
        options.stop.check()?;
        let Beginning {
            state,
            measures,
            reference,
            zero_data,
        } = solver.initialise(options.start)?;
        let stop = options.stop;
        let mut run = Run {
            bar: Bar::new(
                options.progress,
                state.x().comm().rank(),
                S::NAME,
                stop.limit(),
            ),
            state,
            history: History::new(measures, stop.limit().min(ROOM)),
            status: None,
            stop,
            judge: Judge::new(stop, reference),
            reference,
            attained: f64::INFINITY,
            watch: options.watch,
            solver,
        };
        run.status = if zero_data {
            Some(Status::ZeroData)
        } else {
            run.judge.verdict(&run.history.last())
        };
        Ok(run)
    }

    /// One iteration; none once the run has ended. Collective.
    ///
    /// # Errors
    /// Those of the operators and of the callback, after which the run must not be stepped again.
    pub fn step(&mut self) -> Result<Option<Iteration>> {
        if self.status.is_some() {
            return Ok(None);
        }
        match self.solver.advance(&mut self.state)? {
            ControlFlow::Continue(measures) => self.history.push(measures),
            ControlFlow::Break(status) => {
                self.status = Some(status);
                self.bar.finish();
                return Ok(None);
            }
        }
        self.status = self.judge.verdict(&self.history.last());
        self.verify()?;
        self.show()?;
        Ok(Some(self.history.last()))
    }

    /// Steps until the run ends. Collective.
    ///
    /// # Errors
    /// As for [`step`](Run::step).
    pub fn finish(mut self) -> Result<Solution<S::Unknown>> {
        while self.step()?.is_some() {}
        Ok(Solution {
            // A run steps until it has a status.
            status: self.status.unwrap_or(Status::Stopped),
            x: self.state.into_x(),
            history: self.history,
            solver: S::NAME,
        })
    }

    /// The iterate.
    pub fn x(&self) -> &S::Unknown {
        self.state.x()
    }

    /// The last iteration, number 0 before the first.
    pub fn iteration(&self) -> Iteration {
        self.history.last()
    }

    /// All iterations so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Why the run has ended; none while it goes on.
    pub fn status(&self) -> Option<Status> {
        self.status
    }

    /// All that the method keeps from step to step.
    pub fn state(&self) -> &S::State {
        &self.state
    }

    /// Writes the run into a folder: its vectors as `.npy` files, the rest as a text file. A folder of that name is replaced
    /// once the new one is whole. Collective; all ranks must see the same file system.
    ///
    /// # Errors
    /// The same on every rank: a folder that cannot be written, a full disk.
    pub fn save(&mut self, folder: impl AsRef<Path>) -> Result
    where
        S::State: Checkpoint,
    {
        let comm = self.state.x().comm().clone();
        Saved {
            solver: S::NAME,
            settings: self.solver.settings(),
            reference: self.reference,
            attained: self.attained,
            history: &mut self.history,
        }
        .write(&comm, folder.as_ref(), &mut self.state)?;
        Ok(())
    }

    pub(super) fn resume(solver: S, folder: &Path) -> Result<Self>
    where
        S::State: Checkpoint,
    {
        let mut run = Run::begin(solver)?;
        if run.status == Some(Status::ZeroData) {
            return Ok(run);
        }
        let comm = run.state.x().comm().clone();
        run.attained = Saved {
            solver: S::NAME,
            settings: run.solver.settings(),
            reference: run.reference,
            attained: run.attained,
            history: &mut run.history,
        }
        .read(&comm, folder, &mut run.state)?;
        run.judge_anew();
        run.verify()?;
        Ok(run)
    }

    /// Where a tolerance seems to be met, computes the measures from x. A recurrence that had promised too much goes on from
    /// there, unless that has helped no more the last time.
    fn verify(&mut self) -> Result {
        if !matches!(self.status, Some(Status::Converged(_))) {
            return Ok(());
        }
        let Some(measures) = self.solver.refresh(&mut self.state)? else {
            return Ok(());
        };
        self.history.correct(measures);
        self.judge_anew();
        if !matches!(self.status, Some(Status::Converged(_))) {
            if measures.optimality > 0.5 * self.attained {
                self.status = Some(Status::Stagnated);
            }
            self.attained = measures.optimality;
        }
        Ok(())
    }

    /// The verdict on a history that has changed.
    fn judge_anew(&mut self) {
        self.judge = Judge::new(self.stop, self.reference);
        for iteration in self.history.iter() {
            self.status = self.judge.verdict(iteration);
        }
    }

    /// Shows the iteration to the callback and on the terminal.
    fn show(&mut self) -> Result {
        let iteration = self.history.last();
        if let Some(watch) = &mut self.watch {
            let x = self.state.x();
            let verdict = watch(Snapshot {
                iteration: &iteration,
                x,
                history: &self.history,
            });
            if watch::agree(x.comm(), verdict)? && self.status.is_none() {
                self.status = Some(Status::Stopped);
            }
        }
        match self.status {
            None => self.bar.update(&iteration),
            Some(_) => self.bar.finish(),
        }
        Ok(())
    }
}
