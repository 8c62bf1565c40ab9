//! LSMR: least squares by bidiagonalisation, with a gradient that falls in every step.

use std::ops::ControlFlow;

use super::bidiagonalisation::Bidiagonalisation;
use super::lsqr::stacked_measures;
use super::rows::{Damped, Data, Regularised, Rows, check_weight};
use super::{Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status};
use crate::error::Result;
use crate::field::Vector;
use crate::operator::LinearOperator;

/// LSMR: the x that minimises ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖², as MINRES would solve the normal equations.
///
/// Where [`Lsqr`](super::Lsqr) makes the residual as small as it can in every step, this makes the gradient, the *optimality*:
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
    rows: Box<dyn Rows<X, Y> + 'a>,
    /// The sum of the squares of all dampings.
    damping: f64,
    weights: Vec<f64>,
    options: Options<'a, X>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Lsmr<'a, X, Y> {
    /// The least ‖A x − b‖².
    pub fn new<A>(operator: &'a A, data: &'a Y) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        Lsmr {
            rows: Box::new(Data { operator, data }),
            damping: 0.0,
            weights: Vec::new(),
            options: Options::default(),
        }
    }

    /// Adds damping²‖x‖².
    pub fn damping(self, damping: f64) -> Lsmr<'a, X, (Y, X)> {
        let mut weights = self.weights;
        weights.push(damping);
        Lsmr {
            rows: Damped::below(self.rows, damping),
            damping: self.damping + damping * damping,
            weights,
            options: self.options,
        }
    }

    /// Adds weight²‖L x‖²; any number of times.
    pub fn regularise<L>(self, weight: f64, operator: &'a L) -> Lsmr<'a, X, (Y, L::Range)>
    where
        L: LinearOperator<Domain = X>,
        L::Range: 'a,
    {
        let mut weights = self.weights;
        weights.push(weight);
        Lsmr {
            rows: Regularised::below(self.rows, weight, operator),
            damping: self.damping,
            weights,
            options: self.options,
        }
    }

    fn restart(&self, now: &mut LsmrState<X, Y>, at_zero: bool) -> Result<Measures> {
        let x = (!at_zero).then_some(&now.x);
        now.bidiagonal.start(&*self.rows, x)?;
        now.direction.copy_from(&now.bidiagonal.v)?;
        now.smoothed.scale(0.0);
        let (alpha, beta) = (now.bidiagonal.alpha, now.bidiagonal.beta);
        now.rotations = Rotations::new(alpha, beta);
        now.residual = Residual::new(beta);
        let model_norm = now.x.norm()?;
        Ok(stacked_measures(
            beta,
            model_norm,
            alpha * beta,
            self.damping,
        ))
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
        for weight in &self.weights {
            check_weight(
                "a damping or the weight of a regularising operator",
                *weight,
            )?;
        }
        let mut state = LsmrState {
            x: self.rows.zero_model(),
            direction: self.rows.zero_model(),
            smoothed: self.rows.zero_model(),
            bidiagonal: Bidiagonalisation::new(&*self.rows),
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
        now.bidiagonal.advance_data(&*self.rows)?;
        now.bidiagonal.advance_model(&*self.rows, &now.x)?;
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
        Ok(ControlFlow::Continue(stacked_measures(
            residual,
            now.x.norm()?,
            now.rotations.zeta_bar.abs(),
            self.damping,
        )))
    }

    fn refresh(&self, now: &mut LsmrState<X, Y>) -> Result<Option<Measures>> {
        self.restart(now, false).map(Some)
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        let weights = self.weights.iter().map(|weight| ("weight", *weight));
        weights.collect()
    }
}

/// The two rotations of a step, by the names of the paper.
#[derive(Clone, Copy)]
struct Rotations {
    alpha_bar: f64,
    rho: f64,
    rho_bar: f64,
    c_bar: f64,
    s_bar: f64,
    zeta: f64,
    zeta_bar: f64,
}

struct Turn {
    c: f64,
    s: f64,
    theta: f64,
    theta_bar: f64,
}

impl Rotations {
    fn new(alpha: f64, beta: f64) -> Self {
        Rotations {
            alpha_bar: alpha,
            rho: 1.0,
            rho_bar: 1.0,
            c_bar: 1.0,
            s_bar: 0.0,
            zeta: 0.0,
            zeta_bar: alpha * beta,
        }
    }

    fn turn(&mut self, alpha: f64, beta: f64) -> Turn {
        self.rho = self.alpha_bar.hypot(beta);
        let (c, s) = (self.alpha_bar / self.rho, beta / self.rho);
        let theta = s * alpha;
        self.alpha_bar = c * alpha;
        let theta_bar = self.s_bar * self.rho;
        let rotated = self.c_bar * self.rho;
        self.rho_bar = rotated.hypot(theta);
        self.c_bar = rotated / self.rho_bar;
        self.s_bar = theta / self.rho_bar;
        self.zeta = self.c_bar * self.zeta_bar;
        self.zeta_bar *= -self.s_bar;
        Turn {
            c,
            s,
            theta,
            theta_bar,
        }
    }
}

/// The norm of the residual, which the method does not need, followed through the rotations: section 5.1 of the paper,
/// without damping, which is a row here.
#[derive(Clone, Copy)]
struct Residual {
    beta_two_dots: f64,
    beta_dot: f64,
    rho_dot: f64,
    tau_tilde: f64,
    theta_tilde: f64,
}

impl Residual {
    fn new(beta: f64) -> Self {
        Residual {
            beta_two_dots: beta,
            beta_dot: 0.0,
            rho_dot: 1.0,
            tau_tilde: 0.0,
            theta_tilde: 0.0,
        }
    }

    fn follow(
        &mut self,
        c: f64,
        s: f64,
        theta_bar: f64,
        before: &Rotations,
        now: &Rotations,
    ) -> f64 {
        let beta_hat = c * self.beta_two_dots;
        self.beta_two_dots *= -s;
        let rho_tilde = self.rho_dot.hypot(theta_bar);
        let (c_tilde, s_tilde) = (self.rho_dot / rho_tilde, theta_bar / rho_tilde);
        let theta_tilde = self.theta_tilde;
        self.theta_tilde = s_tilde * now.rho_bar;
        self.rho_dot = c_tilde * now.rho_bar;
        self.beta_dot = c_tilde * beta_hat - s_tilde * self.beta_dot;
        self.tau_tilde = (before.zeta - theta_tilde * self.tau_tilde) / rho_tilde;
        let tau_dot = (now.zeta - self.theta_tilde * self.tau_tilde) / self.rho_dot;
        (self.beta_dot - tau_dot).hypot(self.beta_two_dots)
    }
}

/// What LSMR keeps from step to step.
pub struct LsmrState<X, Y> {
    x: X,
    /// h of the paper.
    direction: X,
    /// h̄ of the paper, along which x moves.
    smoothed: X,
    bidiagonal: Bidiagonalisation<X, Y>,
    rotations: Rotations,
    residual: Residual,
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
        let Rotations {
            alpha_bar,
            rho,
            rho_bar,
            c_bar,
            s_bar,
            zeta,
            zeta_bar,
        } = &mut self.rotations;
        ledger.number("alpha_bar", alpha_bar)?;
        ledger.number("rho", rho)?;
        ledger.number("rho_bar", rho_bar)?;
        ledger.number("c_bar", c_bar)?;
        ledger.number("s_bar", s_bar)?;
        ledger.number("zeta", zeta)?;
        ledger.number("zeta_bar", zeta_bar)?;
        let Residual {
            beta_two_dots,
            beta_dot,
            rho_dot,
            tau_tilde,
            theta_tilde,
        } = &mut self.residual;
        ledger.number("beta_two_dots", beta_two_dots)?;
        ledger.number("beta_dot", beta_dot)?;
        ledger.number("rho_dot", rho_dot)?;
        ledger.number("tau_tilde", tau_tilde)?;
        ledger.number("theta_tilde", theta_tilde)
    }
}
