//! The rotations of LSMR: numbers alone, by the names of the paper.

use crate::error::Result;
use crate::solver::Ledger;

/// The two rotations of a step, by the names of the paper.
#[derive(Clone, Copy)]
pub(super) struct Rotations {
    pub alpha_bar: f64,
    pub rho: f64,
    pub rho_bar: f64,
    pub c_bar: f64,
    pub s_bar: f64,
    pub zeta: f64,
    pub zeta_bar: f64,
}

pub(super) struct Turn {
    pub c: f64,
    pub s: f64,
    pub theta: f64,
    pub theta_bar: f64,
}

impl Rotations {
    pub fn new(alpha: f64, beta: f64) -> Self {
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

    pub fn turn(&mut self, alpha: f64, beta: f64) -> Turn {
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

    pub fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.number("alpha_bar", &mut self.alpha_bar)?;
        ledger.number("rho", &mut self.rho)?;
        ledger.number("rho_bar", &mut self.rho_bar)?;
        ledger.number("c_bar", &mut self.c_bar)?;
        ledger.number("s_bar", &mut self.s_bar)?;
        ledger.number("zeta", &mut self.zeta)?;
        ledger.number("zeta_bar", &mut self.zeta_bar)
    }
}

/// The norm of the residual, which the method does not need, followed through the rotations: section 5.1 of the paper,
/// without damping, which is a row here.
#[derive(Clone, Copy)]
pub(super) struct Residual {
    pub beta_two_dots: f64,
    pub beta_dot: f64,
    pub rho_dot: f64,
    pub tau_tilde: f64,
    pub theta_tilde: f64,
}

impl Residual {
    pub fn new(beta: f64) -> Self {
        Residual {
            beta_two_dots: beta,
            beta_dot: 0.0,
            rho_dot: 1.0,
            tau_tilde: 0.0,
            theta_tilde: 0.0,
        }
    }

    pub fn follow(
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

    pub fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.number("beta_two_dots", &mut self.beta_two_dots)?;
        ledger.number("beta_dot", &mut self.beta_dot)?;
        ledger.number("rho_dot", &mut self.rho_dot)?;
        ledger.number("tau_tilde", &mut self.tau_tilde)?;
        ledger.number("theta_tilde", &mut self.theta_tilde)
    }
}
