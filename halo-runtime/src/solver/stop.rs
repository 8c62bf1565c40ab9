//! When to stop: tolerances that mean what their names say, a limit, and patience.

use super::{Iteration, Status, Tolerance};
use crate::error::{Error, Result};

/// When a run ends. What is not set never ends one, but for a solution that is exact.
///
/// The tolerances bound the [`optimality`](super::Measures::optimality), which each solver names: for those of linear
/// systems it is ‖b − A x‖, for least squares the norm of the gradient, ‖Aᴴ(b − A x) − damping² x‖. *Relative* is relative to
/// its value at x = 0, so ‖b‖ or ‖Aᴴ b‖, wherever the run starts. A run ends as converged only where the measures computed
/// from x itself meet the tolerance too; a recurrence that had drifted away is started again from there.
///
/// ```
/// use halo::{prelude::*, solver::Status};
///
/// #[stencil]
/// fn elastic(u: Input<f64, 1>) -> f64 {
///     3.0 * u[0] - u[-1] - u[1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [50])?;
/// let elastic = Elastic.on(&grid)?.self_adjoint()?;
/// let b = grid.random(1);
/// let solution = Cg::new(&elastic, &b).stop(Stop::after(100).relative(1e-9)).solve()?;
/// assert!(solution.status.is_solved());
/// let mut residual = elastic.forward(&solution.x)?;
/// residual.axpy(-1.0, &b)?;
/// assert!(residual.norm()? <= 1e-9 * b.norm()?);
///
/// let cut_short = Cg::new(&elastic, &b).stop(Stop::after(3).relative(1e-9)).solve()?;
/// assert_eq!(cut_short.status, Status::IterationLimit);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub struct Stop {
    limit: usize,
    relative: f64,
    absolute: f64,
    residual: Option<f64>,
    patience: usize,
}

impl Stop {
    /// At most that many iterations, counted from the start, also where a run was saved and resumed in between.
    pub fn after(limit: usize) -> Self {
        Stop {
            limit,
            relative: 0.0,
            absolute: 0.0,
            residual: None,
            patience: 100,
        }
    }

    /// Where the optimality is at most `tolerance` times its value at x = 0.
    pub fn relative(mut self, tolerance: f64) -> Self {
        self.relative = tolerance;
        self
    }

    /// Where the optimality is at most `tolerance`, in its own units.
    pub fn absolute(mut self, tolerance: f64) -> Self {
        self.absolute = tolerance;
        self
    }

    /// Where ‖b − A x‖ is at most `norm`, such as the norm of the noise in b: Morozov's discrepancy principle.
    pub fn residual(mut self, norm: f64) -> Self {
        self.residual = Some(norm);
        self
    }

    /// After that many iterations in a row in which neither objective nor optimality fell below all earlier ones; 100
    /// unless set.
    pub fn patience(mut self, iterations: usize) -> Self {
        self.patience = iterations;
        self
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn check(&self) -> Result {
        let residual = self.residual.unwrap_or(0.0);
        for tolerance in [self.relative, self.absolute, residual] {
            // A comparison with NaN must fail.
            if !matches!(tolerance.partial_cmp(&0.0), Some(order) if order.is_ge()) {
                return Err(Error::Invalid(format!(
                    "a tolerance of {tolerance} is never met; give 0 or a positive number"
                )));
            }
        }
        Ok(())
    }

    /// The tolerance that is met, if any.
    fn met(&self, now: &Iteration, reference: f64) -> Option<Tolerance> {
        if now.optimality <= self.absolute {
            Some(Tolerance::Absolute)
        } else if now.optimality <= self.relative * reference {
            Some(Tolerance::Relative)
        } else if self.residual.is_some_and(|norm| now.residual <= norm) {
            Some(Tolerance::Residual)
        } else {
            None
        }
    }
}

/// A thousand iterations, and a relative tolerance of 1e-8.
impl Default for Stop {
    fn default() -> Self {
        Stop::after(1000).relative(1e-8)
    }
}

/// A stop at work: sees every iteration in order.
pub(super) struct Judge {
    stop: Stop,
    reference: f64,
    best_objective: f64,
    best_optimality: f64,
    last_improvement: usize,
}

impl Judge {
    pub fn new(stop: Stop, reference: f64) -> Self {
        Judge {
            stop,
            reference,
            best_objective: f64::INFINITY,
            best_optimality: f64::INFINITY,
            last_improvement: 0,
        }
    }

    pub fn verdict(&mut self, now: &Iteration) -> Option<Status> {
        if !now.are_finite() || !self.reference.is_finite() {
            return Some(Status::NotFinite);
        }
        if let Some(tolerance) = self.stop.met(now, self.reference) {
            return Some(Status::Converged(tolerance));
        }
        if now.objective < self.best_objective || now.optimality < self.best_optimality {
            self.last_improvement = now.number;
        }
        self.best_objective = self.best_objective.min(now.objective);
        self.best_optimality = self.best_optimality.min(now.optimality);
        if now.number - self.last_improvement >= self.stop.patience.max(1) {
            return Some(Status::Stagnated);
        }
        (now.number >= self.stop.limit).then_some(Status::IterationLimit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solver::Measures;

    fn iteration(number: usize, residual: f64, optimality: f64) -> Iteration {
        let measures = Measures {
            residual,
            model_norm: 1.0,
            objective: residual,
            optimality,
        };
        Iteration { number, measures }
    }

    #[test]
    fn tolerances_are_those_of_their_names() {
        let verdict = |stop: Stop| Judge::new(stop, 50.0).verdict(&iteration(1, 3.0, 0.5));
        assert_eq!(
            verdict(Stop::after(9).relative(0.01)),
            Some(Status::Converged(Tolerance::Relative))
        );
        assert_eq!(verdict(Stop::after(9).relative(0.0099)), None);
        assert_eq!(
            verdict(Stop::after(9).absolute(0.5)),
            Some(Status::Converged(Tolerance::Absolute))
        );
        assert_eq!(
            verdict(Stop::after(9).residual(3.0)),
            Some(Status::Converged(Tolerance::Residual))
        );
        assert_eq!(verdict(Stop::after(9).residual(2.9)), None);
        assert_eq!(verdict(Stop::after(1)), Some(Status::IterationLimit));
    }

    #[test]
    fn patience_ends() {
        let mut judge = Judge::new(Stop::after(9).patience(2), 1.0);
        assert_eq!(judge.verdict(&iteration(1, 3.0, 0.5)), None);
        assert_eq!(judge.verdict(&iteration(2, 2.0, 0.9)), None);
        assert_eq!(judge.verdict(&iteration(3, 2.0, 0.5)), None);
        assert_eq!(
            judge.verdict(&iteration(4, 2.0, 0.5)),
            Some(Status::Stagnated)
        );
    }

    #[test]
    fn what_is_not_finite_is_named() {
        let mut judge = Judge::new(Stop::after(9).relative(0.1), 1.0);
        assert_eq!(
            judge.verdict(&iteration(1, 1.0, f64::NAN)),
            Some(Status::NotFinite)
        );
        assert!(Stop::after(9).relative(f64::NAN).check().is_err());
        assert!(Stop::after(9).absolute(-1.0).check().is_err());
    }
}
