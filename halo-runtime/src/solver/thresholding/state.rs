//! The state of gradient steps with thresholding.

use crate::error::Result;
use crate::field::Vector;
use crate::solver::{Checkpoint, Ledger, Persist, State};

/// What thresholding keeps from step to step.
pub struct ThresholdingState<X, Y> {
    pub(super) x: X,
    pub(super) last_x: X,
    /// Where the step starts.
    pub(super) point: X,
    /// Aᴴ(b − A point).
    pub(super) gradient: X,
    pub(super) trial: X,
    /// b − A x, and so on.
    pub(super) residual: Y,
    pub(super) last_residual: Y,
    pub(super) point_residual: Y,
    pub(super) trial_residual: Y,
    pub(super) momentum: f64,
    pub(super) step: f64,
}

impl<X, Y> ThresholdingState<X, Y> {
    /// The length of the steps, as found or shortened so far.
    pub fn step_size(&self) -> f64 {
        self.step
    }
}

impl<X: Vector, Y> State for ThresholdingState<X, Y> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist, Y: Persist> Checkpoint for ThresholdingState<X, Y> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("last_x", &mut self.last_x)?;
        ledger.vector("residual", &mut self.residual)?;
        ledger.vector("last_residual", &mut self.last_residual)?;
        ledger.number("momentum", &mut self.momentum)?;
        ledger.number("step", &mut self.step)
    }
}
