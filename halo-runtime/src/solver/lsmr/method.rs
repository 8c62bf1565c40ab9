//! LSMR: least squares by bidiagonalisation, with a gradient that falls in every step.

use std::ops::ControlFlow;

use super::rotations::{Residual, Rotations, Turn};
use super::state::LsmrState;
use crate::error::Result;
use crate::field::Vector;
use crate::operator::LinearOperator;
use crate::solver::bidiagonalisation::Bidiagonalisation;
use crate::solver::system::System;
use crate::solver::{Beginning, Measures, Options, Solver, Status};

/// LSMR: the x that minimises ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖², as MINRES would solve the normal equations.
///
/// Where [`Lsqr`](crate::solver::Lsqr) makes the residual as small as it can in every step, this makes the gradient, the *optimality*:
/// it falls in every step, and so a tolerance on it is met sooner. Residual and objective mean the same.
///
/// One application forward, one adjoint, and three messages per iteration; five models and two data vectors.
///
/// Source: D. C.-L. Fong and M. Saunders, *LSMR: an iterative algorithm for sparse least-squares problems*, SIAM J. Sci. Comput.
/// 33 (2011).
///
/// ```
/// use halo::{prelude::*, stock::FirstDerivative};
///
/// let grid = Grid::new(&Comm::solo(), [60])?;
/// let derivative = FirstDerivative::new(0).order(5).edge(true).on(&grid)?;
/// let b = grid.random(1);
/// let solution = Lsmr::new(&derivative, &b).damping(0.4).solve()?;
/// assert!(solution.status.is_solved());
/// assert!(solution.history.optimalities().windows(2).all(|pair| pair[1] <= pair[0]));
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Lsmr<'a, X, Y> {
    system: System<'a, X, Y>,
    options: Options<'a, X>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Lsmr<'a, X, Y> {
    /// The least ‖A x − b‖².
    pub fn new<A>(operator: &'a A, data: &'a Y) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        Lsmr {
            system: System::new(operator, data),
            options: Options::default(),
        }
    }

    /// Adds damping²‖x‖².
    pub fn damping(self, damping: f64) -> Lsmr<'a, X, (Y, X)> {
        Lsmr {
            system: self.system.damped(damping),
            options: self.options,
        }
    }

    /// Adds weight²‖L x‖²; any number of times.
    pub fn regularise<L>(self, weight: f64, operator: &'a L) -> Lsmr<'a, X, (Y, L::Range)>
    where
        L: LinearOperator<Domain = X>,
        L::Range: 'a,
    {
        Lsmr {
            system: self.system.regularised(weight, operator),
            options: self.options,
        }
    }

    fn restart(&self, now: &mut LsmrState<X, Y>, at_zero: bool) -> Result<Measures> {
        let x = (!at_zero).then_some(&now.x);
        now.bidiagonal.start(&*self.system.rows, x)?;
        now.direction.copy_from(&now.bidiagonal.v)?;
        now.smoothed.scale(0.0);
        let (alpha, beta) = (now.bidiagonal.alpha, now.bidiagonal.beta);
        now.rotations = Rotations::new(alpha, beta);
        now.residual = Residual::new(beta);
        let model_norm = now.x.norm()?;
        Ok(self.system.measures(beta, model_norm, alpha * beta))
    }
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Solver<'a> for Lsmr<'a, X, Y> {
    type Unknown = X;
    type State = LsmrState<X, Y>;
    const NAME: &'static str = "LSMR";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<LsmrState<X, Y>>> {
        self.system.check()?;
        let mut state = LsmrState {
            x: self.system.rows.zero_model(),
            direction: self.system.rows.zero_model(),
            smoothed: self.system.rows.zero_model(),
            bidiagonal: Bidiagonalisation::new(&*self.system.rows),
            rotations: Rotations::new(0.0, 0.0),
            residual: Residual::new(0.0),
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

    fn advance(&self, now: &mut LsmrState<X, Y>) -> Result<ControlFlow<Status, Measures>> {
        now.bidiagonal.advance_data(&*self.system.rows)?;
        now.bidiagonal.advance_model(&*self.system.rows, &now.x)?;
        let before = now.rotations;
        let Turn {
            c,
            s,
            theta,
            theta_bar,
        } = now
            .rotations
            .turn(now.bidiagonal.alpha, now.bidiagonal.beta);
        let Rotations {
            rho, rho_bar, zeta, ..
        } = now.rotations;
        if rho == 0.0 || rho_bar == 0.0 {
            let quantity = "a diagonal element of the bidiagonal matrix";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        let kept = theta_bar * rho / (before.rho * before.rho_bar);
        let step = zeta / (rho * rho_bar);
        if !step.is_finite() || !kept.is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.smoothed.aypx(-kept, &now.direction)?;
        now.x.axpy(step, &now.smoothed)?;
        now.direction.aypx(-theta / rho, &now.bidiagonal.v)?;
        let residual = now
            .residual
            .follow(c, s, theta_bar, &before, &now.rotations);
        Ok(ControlFlow::Continue(self.system.measures(
            residual,
            now.x.norm()?,
            now.rotations.zeta_bar.abs(),
        )))
    }

    fn refresh(&self, now: &mut LsmrState<X, Y>) -> Result<Option<Measures>> {
        self.restart(now, false).map(Some)
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        self.system.settings()
    }
}
