//! The state of LSMR.

use super::rotations::{Residual, Rotations};
use crate::error::Result;
use crate::field::Vector;
use crate::solver::bidiagonalisation::Bidiagonalisation;
use crate::solver::{Checkpoint, Ledger, Persist, State};

/// What LSMR keeps from step to step.
pub struct LsmrState<X, Y> {
    pub(super) x: X,
    /// h of the paper.
    pub(super) direction: X,
    /// h̄ of the paper, along which x moves.
    pub(super) smoothed: X,
    pub(super) bidiagonal: Bidiagonalisation<X, Y>,
    pub(super) rotations: Rotations,
    pub(super) residual: Residual,
}

impl<X: Vector, Y> State for LsmrState<X, Y> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist, Y: Persist> Checkpoint for LsmrState<X, Y> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("direction", &mut self.direction)?;
        ledger.vector("smoothed", &mut self.smoothed)?;
        self.bidiagonal.show(ledger)?;
        self.rotations.show(ledger)?;
        self.residual.show(ledger)
    }
}
