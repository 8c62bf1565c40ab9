//! The Golub-Kahan bidiagonalisation, on which LSQR and LSMR stand: orthonormal vectors of data and model, step by step.
//!
//! Source: G. Golub and W. Kahan, *Calculating the singular values and pseudo-inverse of a matrix*, SIAM J. Numer. Anal. 2
//! (1965).

use super::products::totals;
use super::rows::Rows;
use super::{Ledger, Persist};
use crate::error::Result;
use crate::field::Vector;

/// The last vectors u of data and v of models with S v = βu + .., and their coefficients.
pub(super) struct Bidiagonalisation<X, Y> {
    pub v: X,
    pub alpha: f64,
    pub beta: f64,
    u: Y,
    next_v: X,
    next_u: Y,
}

impl<X: Vector, Y: Vector> Bidiagonalisation<X, Y> {
    pub fn new(rows: &dyn Rows<X, Y>) -> Self {
        Bidiagonalisation {
            v: rows.zero_model(),
            alpha: 0.0,
            beta: 0.0,
            u: rows.zero_data(),
            next_v: rows.zero_model(),
            next_u: rows.zero_data(),
        }
    }

    /// βu = d − S x and αv = Sᴴ u; the zero x needs no application.
    pub fn start(&mut self, rows: &dyn Rows<X, Y>, x: Option<&X>) -> Result {
        rows.residual_into(x, &mut self.u)?;
        self.beta = self.u.norm()?;
        normalise(&mut self.u, self.beta);
        rows.adjoint_into(&self.u, &mut self.v)?;
        self.alpha = self.v.norm()?;
        normalise(&mut self.v, self.alpha);
        Ok(())
    }

    /// βu = S v − αu.
    pub fn advance_data(&mut self, rows: &dyn Rows<X, Y>) -> Result {
        rows.forward_into(&self.v, &mut self.next_u)?;
        self.u.aypx(-self.alpha, &self.next_u)?;
        self.beta = self.u.norm()?;
        normalise(&mut self.u, self.beta);
        Ok(())
    }

    /// αv = Sᴴ u − βv; gives ‖x‖, which costs no message of its own.
    pub fn advance_model(&mut self, rows: &dyn Rows<X, Y>, x: &X) -> Result<f64> {
        rows.adjoint_into(&self.u, &mut self.next_v)?;
        self.v.aypx(-self.beta, &self.next_v)?;
        let [vv, xx] = totals(x.comm(), |[vv, xx]| {
            self.v.add_dot(&self.v, vv)?;
            x.add_dot(x, xx)
        })?;
        self.alpha = vv.root();
        normalise(&mut self.v, self.alpha);
        Ok(xx.root())
    }
}

impl<X: Persist, Y: Persist> Bidiagonalisation<X, Y> {
    pub fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("u", &mut self.u)?;
        ledger.vector("v", &mut self.v)?;
        ledger.number("alpha", &mut self.alpha)?;
        ledger.number("beta", &mut self.beta)
    }
}

/// A vector of that norm becomes one of norm 1; the zero vector stays.
fn normalise(vector: &mut impl Vector, norm: f64) {
    if norm != 0.0 {
        vector.scale(1.0 / norm);
    }
}
