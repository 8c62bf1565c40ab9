//! LSQR: least squares by bidiagonalisation, more accurate than CGLS where the operator is badly conditioned.

use std::ops::ControlFlow;

use super::bidiagonalisation::Bidiagonalisation;
use super::system::System;
use super::{Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status};
use crate::error::Result;
use crate::field::Vector;
use crate::operator::LinearOperator;

/// LSQR: the x that minimises ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖², by bidiagonalisation.
///
/// In exact arithmetic its iterates are those of [`Cgls`](super::Cgls), and residual, objective and *optimality* mean the same;
/// the residual falls in every step. Damping is a row of its own below the others, so that it damps x, not the
/// difference from the start, and what is minimised is the same from any start.
///
/// One application forward, one adjoint, and two messages per iteration; four models and two data vectors.
///
/// Source: C. C. Paige and M. A. Saunders, *LSQR: an algorithm for sparse linear equations and sparse least squares*, ACM Trans.
/// Math. Softw. 8 (1982).
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn integrate(u: Input<f64, 1>) -> f64 {
///     0.5 * u[-1] + 0.5 * u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [40])?;
/// let operator = Integrate.on(&grid)?;
/// let truth = grid.field(|[i]| (0.3 * i as f64).sin());
/// let b = operator.forward(&truth)?;
/// let solution = Lsqr::new(&operator, &b).stop(Stop::after(200).relative(1e-12)).solve()?;
/// assert!(solution.status.is_solved());
/// let mut error = solution.x;
/// error.axpy(-1.0, &truth)?;
/// assert!(error.norm()? < 1e-8);
///
/// let damped = Lsqr::new(&operator, &b).damping(0.5).solve()?;
/// assert!(damped.x.norm()? < truth.norm()?);
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Lsqr<'a, X, Y> {
    system: System<'a, X, Y>,
    options: Options<'a, X>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Lsqr<'a, X, Y> {
    /// The least ‖A x − b‖².
    pub fn new<A>(operator: &'a A, data: &'a Y) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        Lsqr {
            system: System::new(operator, data),
            options: Options::default(),
        }
    }

    /// Adds damping²‖x‖².
    pub fn damping(self, damping: f64) -> Lsqr<'a, X, (Y, X)> {
        Lsqr {
            system: self.system.damped(damping),
            options: self.options,
        }
    }

    /// Adds weight²‖L x‖²; any number of times.
    pub fn regularise<L>(self, weight: f64, operator: &'a L) -> Lsqr<'a, X, (Y, L::Range)>
    where
        L: LinearOperator<Domain = X>,
        L::Range: 'a,
    {
        Lsqr {
            system: self.system.regularised(weight, operator),
            options: self.options,
        }
    }

    fn restart(&self, now: &mut LsqrState<X, Y>, at_zero: bool) -> Result<Measures> {
        let x = (!at_zero).then_some(&now.x);
        now.bidiagonal.start(&*self.system.rows, x)?;
        now.direction.copy_from(&now.bidiagonal.v)?;
        now.phi_bar = now.bidiagonal.beta;
        now.rho_bar = now.bidiagonal.alpha;
        let optimality = now.bidiagonal.alpha * now.bidiagonal.beta;
        Ok(self.system.measures(now.phi_bar, now.x.norm()?, optimality))
    }
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Solver<'a> for Lsqr<'a, X, Y> {
    type Unknown = X;
    type State = LsqrState<X, Y>;
    const NAME: &'static str = "LSQR";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<LsqrState<X, Y>>> {
        self.system.check()?;
        let mut state = LsqrState {
            x: self.system.rows.zero_model(),
            direction: self.system.rows.zero_model(),
            bidiagonal: Bidiagonalisation::new(&*self.system.rows),
            phi_bar: 0.0,
            rho_bar: 0.0,
        };
        let mut measures = self.restart(&mut state, true)?;
        let zero_data = measures.residual == 0.0;
        let reference = measures.optimality;
        if let Some(start) = start.filter(|_| !zero_data) {
            state.x.copy_from(&start)?;
            measures = self.restart(&mut state, false)?;
        }
        Ok(Beginning {
            state,
            measures,
            reference,
            zero_data,
        })
    }

    fn advance(&self, now: &mut LsqrState<X, Y>) -> Result<ControlFlow<Status, Measures>> {
        now.bidiagonal.advance_data(&*self.system.rows)?;
        // A rotation makes the bidiagonal matrix upper bidiagonal.
        let rho = now.rho_bar.hypot(now.bidiagonal.beta);
        if rho == 0.0 {
            let quantity = "a diagonal element of the bidiagonal matrix";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        let (c, s) = (now.rho_bar / rho, now.bidiagonal.beta / rho);
        let step = c * now.phi_bar / rho;
        if !step.is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.phi_bar *= s;
        now.x.axpy(step, &now.direction)?;
        let model_norm = now.bidiagonal.advance_model(&*self.system.rows, &now.x)?;
        let alpha = now.bidiagonal.alpha;
        now.rho_bar = -c * alpha;
        now.direction.aypx(-s * alpha / rho, &now.bidiagonal.v)?;
        let optimality = now.phi_bar * alpha * c.abs();
        Ok(ControlFlow::Continue(self.system.measures(
            now.phi_bar,
            model_norm,
            optimality,
        )))
    }

    fn refresh(&self, now: &mut LsqrState<X, Y>) -> Result<Option<Measures>> {
        self.restart(now, false).map(Some)
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        self.system.settings()
    }
}

/// What LSQR keeps from step to step.
pub struct LsqrState<X, Y> {
    x: X,
    direction: X,
    bidiagonal: Bidiagonalisation<X, Y>,
    /// The norm of the residual, up to its sign.
    phi_bar: f64,
    rho_bar: f64,
}

impl<X: Vector, Y> State for LsqrState<X, Y> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist, Y: Persist> Checkpoint for LsqrState<X, Y> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("direction", &mut self.direction)?;
        self.bidiagonal.show(ledger)?;
        ledger.number("phi_bar", &mut self.phi_bar)?;
        ledger.number("rho_bar", &mut self.rho_bar)
    }
}
