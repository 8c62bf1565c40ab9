//! What a solver returns.

use super::{History, Measures, Status};
use crate::error::{Error, Result};

/// The last iterate of a run, why it is the last, and what was measured on the way.
#[derive(Debug)]
#[must_use]
pub struct Solution<X> {
    /// The last iterate.
    pub x: X,
    /// Why the run ended.
    pub status: Status,
    /// Residual, model norm, objective and optimality of every iteration, the start first.
    pub history: History,
    pub(super) solver: &'static str,
}

impl<X> Solution<X> {
    /// What is known of x.
    pub fn measures(&self) -> Measures {
        self.history.last().measures
    }

    /// Iterations done.
    pub fn iterations(&self) -> usize {
        self.history.last().number
    }

    /// x where it is a solution, for programs that can do nothing with another one.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn elastic(u: Input<f64, 1>) -> f64 {
    ///     2.0 * u[0] - u[-1] - u[1]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [30])?;
    /// let elastic = Elastic.on(&grid)?.self_adjoint()?;
    /// let b = grid.field(|_| 1.0);
    /// let x = Cg::new(&elastic, &b).solve()?.solved()?;
    /// assert!((x.get([0]).unwrap() - 15.0).abs() < 1e-6);
    ///
    /// let error = Cg::new(&elastic, &b).stop(Stop::after(2)).solve()?.solved().unwrap_err();
    /// assert!(error.to_string().starts_with("CG found no solution in 2 iterations: the iteration limit was reached"));
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotSolved`] with the status; the same on every rank.
    pub fn solved(self) -> Result<X> {
        if self.status.is_solved() {
            return Ok(self.x);
        }
        Err(Error::NotSolved {
            solver: self.solver,
            iterations: self.iterations(),
            reason: self.status.to_string(),
        })
    }
}
