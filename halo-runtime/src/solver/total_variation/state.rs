//! The state of split Bregman.

use crate::error::Result;
use crate::field::Vector;
use crate::solver::{Checkpoint, Ledger, Persist, State};

/// What split Bregman keeps from step to step.
pub struct TotalVariationState<X, Y, Z> {
    pub(super) x: X,
    /// The gradient of what x minimises.
    pub(super) slope: X,
    pub(super) part: X,
    pub(super) direction: X,
    /// b − A x.
    pub(super) residual: Y,
    /// A and G of the direction.
    pub(super) direction_data: Y,
    pub(super) direction_image: Z,
    /// G x.
    pub(super) image: Z,
    /// d.
    pub(super) split: Z,
    /// u.
    pub(super) bregman: Z,
    /// d − u − G x, later G x − d.
    pub(super) misfit: Z,
    pub(super) change: Z,
    /// μ.
    pub(super) parameter: f64,
    pub(super) adaptations: f64,
    /// ‖Aᴴ b‖.
    pub(super) reference: f64,
}

impl<X, Y, Z> TotalVariationState<X, Y, Z> {
    /// The parameter μ, as given or balanced so far.
    pub fn parameter(&self) -> f64 {
        self.parameter
    }
}

impl<X: Vector, Y, Z> State for TotalVariationState<X, Y, Z> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist, Y: Persist, Z: Persist> Checkpoint for TotalVariationState<X, Y, Z> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("residual", &mut self.residual)?;
        ledger.vector("image", &mut self.image)?;
        ledger.vector("split", &mut self.split)?;
        ledger.vector("bregman", &mut self.bregman)?;
        ledger.number("parameter", &mut self.parameter)?;
        ledger.number("adaptations", &mut self.adaptations)
    }
}
