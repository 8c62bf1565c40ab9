//! A least-squares problem as its builders gather it: rows, and what was asked of them.

use super::Measures;
use super::rows::{Damped, Data, Regularised, Rows};
use crate::error::{Error, Result};
use crate::field::Vector;
use crate::operator::LinearOperator;

/// A stacked system S x = d with the numbers it was made from.
pub(super) struct System<'a, X, Y> {
    pub rows: Box<dyn Rows<X, Y> + 'a>,
    /// The sum of the squares of all dampings that are rows.
    damping: f64,
    weights: Vec<f64>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> System<'a, X, Y> {
    /// A x = b.
    pub fn new<A>(operator: &'a A, data: &'a Y) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        System {
            rows: Box::new(Data { operator, data }),
            damping: 0.0,
            weights: Vec::new(),
        }
    }

    /// With damping × x = 0 below.
    pub fn damped(mut self, damping: f64) -> System<'a, X, (Y, X)> {
        self.weights.push(damping);
        System {
            rows: Damped::below(self.rows, damping),
            damping: self.damping + damping * damping,
            weights: self.weights,
        }
    }

    /// With weight × L x = 0 below.
    pub fn regularised<L>(mut self, weight: f64, operator: &'a L) -> System<'a, X, (Y, L::Range)>
    where
        L: LinearOperator<Domain = X>,
        L::Range: 'a,
    {
        self.weights.push(weight);
        System {
            rows: Regularised::below(self.rows, weight, operator),
            damping: self.damping,
            weights: self.weights,
        }
    }

    /// Refuses weights that are no numbers.
    pub fn check(&self) -> Result {
        let named = "a damping or the weight of a regularising operator";
        let mut weights = self.weights.iter();
        weights.try_for_each(|weight| check_weight(named, *weight))
    }

    /// What a saved state may only be resumed with.
    pub fn settings(&self) -> Vec<(&'static str, f64)> {
        let weights = self.weights.iter().map(|weight| ("weight", *weight));
        weights.collect()
    }

    /// Measures from the norm of the stacked residual; what they call the residual is without damping.
    pub fn measures(&self, stacked: f64, model_norm: f64, optimality: f64) -> Measures {
        let objective = stacked * stacked;
        let residual = if self.damping == 0.0 {
            stacked
        } else {
            // What rounding leaves below zero is zero; a NaN stays one.
            let square = objective - self.damping * model_norm * model_norm;
            if square < 0.0 { 0.0 } else { square.sqrt() }
        };
        Measures {
            residual,
            model_norm,
            objective,
            optimality,
        }
    }
}

/// Refuses a weight that is no number.
pub(super) fn check_weight(name: &str, weight: f64) -> Result {
    if weight.is_finite() {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "{name} is {weight}; give a finite number"
    )))
}
