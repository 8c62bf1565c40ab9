//! Why a run ended, by name: a solver that cannot go on says so, and never loops or returns a number without a word.

use std::fmt;

/// How a run ended. All ranks end alike, after the same iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// A tolerance was met, and still is with all measures computed from x itself.
    Converged(Tolerance),
    /// The data are zero, so x = 0 is the solution, whatever the start.
    ZeroData,
    /// All the iterations that were allowed are done.
    IterationLimit,
    /// The callback asked for it.
    Stopped,
    /// Nothing improved for as many iterations as patience was given, or the tolerance lies below what rounding lets the
    /// method reach.
    Stagnated,
    /// A quantity that the method divides by has vanished before a solution was found.
    Breakdown {
        /// The quantity, as the method's description calls it.
        quantity: &'static str,
    },
    /// The operator, or the preconditioner, is not positive definite as the method needs: ⟨p, A p⟩ is negative.
    Indefinite {
        /// ⟨p, A p⟩ for the search direction p.
        curvature: f64,
    },
    /// A number is NaN or infinite: in the data, in what an operator gave, or by overflow. x is the last finite iterate.
    NotFinite,
}

/// Which tolerance was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// The relative one on the optimality.
    Relative,
    /// The absolute one on the optimality.
    Absolute,
    /// The one on the residual.
    Residual,
}

impl Status {
    /// Whether x is a solution, to the tolerance asked for.
    ///
    /// ```
    /// use halo::solver::Status;
    /// assert!(Status::ZeroData.is_solved() && !Status::IterationLimit.is_solved());
    /// ```
    pub fn is_solved(&self) -> bool {
        matches!(self, Status::Converged(_) | Status::ZeroData)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Converged(Tolerance::Relative) => {
                write!(f, "converged to the relative tolerance")
            }
            Status::Converged(Tolerance::Absolute) => {
                write!(f, "converged to the absolute tolerance")
            }
            Status::Converged(Tolerance::Residual) => {
                write!(f, "converged to the tolerance on the residual")
            }
            Status::ZeroData => write!(f, "the data are zero, and so is the solution"),
            Status::IterationLimit => write!(
                f,
                "the iteration limit was reached; allow more iterations or a larger tolerance"
            ),
            Status::Stopped => write!(f, "stopped by the callback"),
            Status::Stagnated => write!(
                f,
                "no more progress: the tolerance may lie below what rounding allows, or the problem be inconsistent"
            ),
            Status::Breakdown { quantity } => write!(
                f,
                "breakdown: {quantity} vanished before a solution was found; the operator may be singular or its adjoint wrong"
            ),
            Status::Indefinite { curvature } => write!(
                f,
                "the operator is not positive definite: <p, A p> = {curvature:e} for a search direction p; solve with \
                 its negative, or with MINRES"
            ),
            Status::NotFinite => write!(
                f,
                "a number is NaN or infinite; look at the data and at what the operators give"
            ),
        }
    }
}
