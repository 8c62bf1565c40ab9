//! What tells FISTA from ISTA.

/// How far steps go beyond x.
pub trait Momentum {
    /// The method's name.
    const NAME: &'static str;

    /// The number tₖ₊₁ after tₖ, both at least 1: steps start (tₖ − 1) / tₖ₊₁ of the last move beyond x.
    fn next(momentum: f64) -> f64;
}

/// Steps from x.
pub struct Plain;

impl Momentum for Plain {
    const NAME: &'static str = "ISTA";

    fn next(_: f64) -> f64 {
        1.0
    }
}

/// Steps from beyond x, after Nesterov.
pub struct Accelerated;

impl Momentum for Accelerated {
    const NAME: &'static str = "FISTA";

    fn next(momentum: f64) -> f64 {
        0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt())
    }
}
