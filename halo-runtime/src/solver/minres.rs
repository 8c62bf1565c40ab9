//! MINRES: self-adjoint systems that need not be positive definite.

use std::mem::swap;
use std::ops::ControlFlow;

use super::rows::Borrowed;
use super::{Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status};
use crate::error::Result;
use crate::field::Vector;
use crate::operator::{LinearOperator, SelfAdjoint};

/// MINRES for A x = b with A = Aᴴ, positive definite or not: the least residual of the Krylov space in every step.
///
/// *Optimality* is ‖b − A x‖, which falls in every step, and the *objective* its square. Where A is singular and b outside its
/// range, no x has a small residual and the run ends as stagnated, or in a breakdown; least squares then find the best one.
///
/// One application and three messages per iteration; six vectors.
///
/// Sources: C. C. Paige and M. A. Saunders, *Solution of sparse indefinite systems of linear equations*, SIAM J. Numer. Anal. 12
/// (1975); in the notation of S.-C. T. Choi, C. C. Paige and M. A. Saunders, *MINRES-QLP*, SIAM J. Sci. Comput. 33 (2011).
///
/// ```
/// use halo::{prelude::*, solver::Status};
///
/// /// A Helmholtz operator between walls: indefinite.
/// #[stencil]
/// fn helmholtz(u: Input<f64, 1>) -> f64 {
///     u[-1] - 2.0 * u[0] + u[1] + 0.7 * u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [40])?;
/// let helmholtz = Helmholtz.on(&grid)?.self_adjoint()?;
/// let source = grid.field(|[i]| f64::from(i == 20));
/// let waves = Minres::new(&helmholtz, &source).stop(Stop::after(200).relative(1e-10)).solve()?;
/// assert!(waves.status.is_solved());
/// assert!(matches!(Cg::new(&helmholtz, &source).solve()?.status, Status::Indefinite { .. }));
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Minres<'a, X> {
    operator: Borrowed<'a, X, X>,
    data: &'a X,
    options: Options<'a, X>,
}

impl<'a, X: Vector> Minres<'a, X> {
    /// A x = b.
    pub fn new<A>(operator: &'a SelfAdjoint<A>, data: &'a X) -> Self
    where
        A: LinearOperator<Domain = X, Range = X>,
    {
        Minres {
            operator,
            data,
            options: Options::default(),
        }
    }

    fn restart(&self, now: &mut MinresState<X>) -> Result<Measures> {
        self.operator.forward_into(&now.x, &mut now.v)?;
        now.v.aypx(-1.0, self.data)?;
        now.phi = now.v.norm()?;
        if now.phi != 0.0 {
            now.v.scale(1.0 / now.phi);
        }
        for vector in [&mut now.last_v, &mut now.direction, &mut now.last_direction] {
            vector.scale(0.0);
        }
        (now.beta, now.delta, now.epsilon) = (0.0, 0.0, 0.0);
        (now.c, now.s) = (-1.0, 0.0);
        now.measures()
    }
}

impl<'a, X: Vector> Solver<'a> for Minres<'a, X> {
    type Unknown = X;
    type State = MinresState<X>;
    const NAME: &'static str = "MINRES";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<MinresState<X>>> {
        let zero = || self.operator.zero_domain();
        let reference = self.data.norm()?;
        let zero_data = reference == 0.0;
        let mut state = MinresState {
            x: start.filter(|_| !zero_data).unwrap_or_else(zero),
            v: zero(),
            last_v: zero(),
            next_v: zero(),
            direction: zero(),
            last_direction: zero(),
            phi: 0.0,
            beta: 0.0,
            delta: 0.0,
            epsilon: 0.0,
            c: 0.0,
            s: 0.0,
        };
        let measures = self.restart(&mut state)?;
        Ok(Beginning {
            state,
            measures,
            reference,
            zero_data,
        })
    }

    fn advance(&self, now: &mut MinresState<X>) -> Result<ControlFlow<Status, Measures>> {
        // Lanczos: β v' = A v − αv − βv of the step before.
        self.operator.forward_into(&now.v, &mut now.next_v)?;
        now.next_v.axpy(-now.beta, &now.last_v)?;
        let alpha = now.v.dot(&now.next_v)?;
        now.next_v.axpy(-alpha, &now.v)?;
        let beta = now.next_v.norm()?;
        // The last rotation on the new column of the tridiagonal matrix, then a new one.
        let above = now.c * now.delta + now.s * alpha;
        let diagonal = now.s * now.delta - now.c * alpha;
        let (delta, epsilon) = (-now.c * beta, now.s * beta);
        let pivot = diagonal.hypot(beta);
        if pivot == 0.0 {
            let quantity = "a diagonal element of the triangular matrix";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        let (c, s) = (diagonal / pivot, beta / pivot);
        let step = c * now.phi;
        if !step.is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.phi *= s;
        // The direction before the last one makes room for the new one.
        now.last_direction.aypx(-now.epsilon, &now.v)?;
        now.last_direction.axpy(-above, &now.direction)?;
        now.last_direction.scale(1.0 / pivot);
        swap(&mut now.direction, &mut now.last_direction);
        now.x.axpy(step, &now.direction)?;
        if beta != 0.0 {
            now.next_v.scale(1.0 / beta);
        }
        swap(&mut now.last_v, &mut now.v);
        swap(&mut now.v, &mut now.next_v);
        (now.beta, now.delta, now.epsilon) = (beta, delta, epsilon);
        (now.c, now.s) = (c, s);
        Ok(ControlFlow::Continue(now.measures()?))
    }

    fn refresh(&self, now: &mut MinresState<X>) -> Result<Option<Measures>> {
        self.restart(now).map(Some)
    }
}

/// What MINRES keeps from step to step.
pub struct MinresState<X> {
    x: X,
    /// The last two Lanczos vectors, and room for the next.
    v: X,
    last_v: X,
    next_v: X,
    direction: X,
    last_direction: X,
    /// The norm of the residual.
    phi: f64,
    beta: f64,
    delta: f64,
    epsilon: f64,
    c: f64,
    s: f64,
}

impl<X: Vector> MinresState<X> {
    fn measures(&self) -> Result<Measures> {
        Ok(Measures {
            residual: self.phi,
            model_norm: self.x.norm()?,
            objective: self.phi * self.phi,
            optimality: self.phi,
        })
    }
}

impl<X: Vector> State for MinresState<X> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist> Checkpoint for MinresState<X> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("v", &mut self.v)?;
        ledger.vector("last_v", &mut self.last_v)?;
        ledger.vector("direction", &mut self.direction)?;
        ledger.vector("last_direction", &mut self.last_direction)?;
        ledger.number("phi", &mut self.phi)?;
        ledger.number("beta", &mut self.beta)?;
        ledger.number("delta", &mut self.delta)?;
        ledger.number("epsilon", &mut self.epsilon)?;
        ledger.number("c", &mut self.c)?;
        ledger.number("s", &mut self.s)
    }
}
