//! Conjugate gradients: the method of choice where the operator is its own adjoint and positive definite.

use std::ops::ControlFlow;

use super::products::totals;
use super::rows::Borrowed;
use super::{Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status};
use crate::error::Result;
use crate::field::{ExactSum, Vector};
use crate::operator::{LinearOperator, SelfAdjoint};

/// Conjugate gradients for A x = b with A = Aᴴ positive definite, with or without a preconditioner.
///
/// *Optimality* is ‖b − A x‖, the *objective* ½⟨x, A x⟩ − ⟨x, b⟩, which falls in every step. A negative ⟨p, A p⟩ ends the run as
/// [`Status::Indefinite`]: solve with −A where A is negative definite, as a Laplacian is, or with [`Minres`](super::Minres).
///
/// One application, one of the preconditioner, and two messages per iteration; four vectors, five with a preconditioner.
///
/// Source: M. R. Hestenes and E. Stiefel, *Methods of conjugate gradients for solving linear systems*, J. Res. Nat. Bur.
/// Standards 49 (1952).
///
/// ```
/// use halo::prelude::*;
///
/// /// −∇·(k ∇u) + u between walls of zero.
/// #[stencil]
/// fn diffusion(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
///     k[0] * (u[0] - u[1]) + k[-1] * (u[0] - u[-1]) + u[0]
/// }
///
/// /// Division by the diagonal.
/// #[stencil]
/// fn jacobi(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
///     u[0] / (k[0] + k[-1] + 1.0)
/// }
///
/// let grid = Grid::new(&Comm::solo(), [200])?;
/// let k = || grid.field(|[i]| if i < 100 { 1.0 } else { 1e4 });
/// let diffusion = Diffusion { k: k().into() }.on(&grid)?.self_adjoint()?;
/// let jacobi = Jacobi { k: k().into() }.on(&grid)?.self_adjoint()?;
/// let b = grid.random(1);
/// let stop = Stop::after(2000).relative(1e-8);
/// let plain = Cg::new(&diffusion, &b).stop(stop).solve()?;
/// let preconditioned = Cg::new(&diffusion, &b).preconditioner(&jacobi).stop(stop).solve()?;
/// assert!(plain.status.is_solved() && preconditioned.status.is_solved());
/// assert!(preconditioned.iterations() < plain.iterations());
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Cg<'a, X> {
    operator: Borrowed<'a, X, X>,
    data: &'a X,
    preconditioner: Option<Borrowed<'a, X, X>>,
    options: Options<'a, X>,
}

impl<'a, X: Vector> Cg<'a, X> {
    /// A x = b.
    pub fn new<A>(operator: &'a SelfAdjoint<A>, data: &'a X) -> Self
    where
        A: LinearOperator<Domain = X, Range = X>,
    {
        Cg {
            operator,
            data,
            preconditioner: None,
            options: Options::default(),
        }
    }

    /// Applies M ≈ A⁻¹ to every residual; M is its own adjoint and positive definite too.
    pub fn preconditioner<M>(mut self, preconditioner: &'a SelfAdjoint<M>) -> Self
    where
        M: LinearOperator<Domain = X, Range = X>,
    {
        self.preconditioner = Some(preconditioner);
        self
    }

    /// All but x and objective, from x: residual, its preconditioned image, and the direction along that.
    fn restart(&self, now: &mut CgState<X>) -> Result<Measures> {
        self.operator.forward_into(&now.x, &mut now.residual)?;
        now.residual.aypx(-1.0, self.data)?;
        let measures = self.precondition(now)?;
        let image = now.image_of_residual.as_ref();
        now.direction.copy_from(image.unwrap_or(&now.residual))?;
        let [xb, xr] = totals(now.x.comm(), |[xb, xr]| {
            now.x.add_dot(self.data, xb)?;
            now.x.add_dot(&now.residual, xr)
        })?;
        now.objective = -0.5 * (xb.value() + xr.value());
        Ok(Measures {
            objective: now.objective,
            ..measures
        })
    }

    /// z = M r and ⟨r, z⟩, with all measures.
    fn precondition(&self, now: &mut CgState<X>) -> Result<Measures> {
        let CgState { x, residual, .. } = now;
        let norms = |[rr, xx]: [&mut ExactSum; 2]| {
            residual.add_dot(residual, rr)?;
            x.add_dot(x, xx)
        };
        let (rr, xx) = match (self.preconditioner, &mut now.image_of_residual) {
            (Some(preconditioner), Some(image)) => {
                preconditioner.forward_into(residual, image)?;
                let [rr, xx, rz] = totals(x.comm(), |[rr, xx, rz]| {
                    norms([rr, xx])?;
                    residual.add_dot(image, rz)
                })?;
                now.square = rz.value();
                (rr, xx)
            }
            _ => {
                let [rr, xx] = totals(x.comm(), |[rr, xx]| norms([rr, xx]))?;
                now.square = rr.value();
                (rr, xx)
            }
        };
        Ok(Measures {
            residual: rr.root(),
            model_norm: xx.root(),
            objective: now.objective,
            optimality: rr.root(),
        })
    }
}

impl<'a, X: Vector> Solver<'a> for Cg<'a, X> {
    type Unknown = X;
    type State = CgState<X>;
    const NAME: &'static str = "CG";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<CgState<X>>> {
        let zero = || self.operator.zero_domain();
        let reference = self.data.norm()?;
        let zero_data = reference == 0.0;
        let mut state = CgState {
            x: start.filter(|_| !zero_data).unwrap_or_else(zero),
            residual: zero(),
            direction: zero(),
            image: zero(),
            image_of_residual: self.preconditioner.map(|_| zero()),
            square: 0.0,
            objective: 0.0,
        };
        let measures = self.restart(&mut state)?;
        Ok(Beginning {
            state,
            measures,
            reference,
            zero_data,
        })
    }

    fn advance(&self, now: &mut CgState<X>) -> Result<ControlFlow<Status, Measures>> {
        if now.square < 0.0 {
            let curvature = now.square;
            return Ok(ControlFlow::Break(Status::Indefinite { curvature }));
        }
        self.operator.forward_into(&now.direction, &mut now.image)?;
        let curvature = now.direction.dot(&now.image)?;
        if curvature < 0.0 {
            return Ok(ControlFlow::Break(Status::Indefinite { curvature }));
        }
        if curvature == 0.0 {
            let quantity = "<p, A p>";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        let step = now.square / curvature;
        if !step.is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.x.axpy(step, &now.direction)?;
        now.residual.axpy(-step, &now.image)?;
        now.objective -= 0.5 * step * now.square;
        let before = now.square;
        let measures = self.precondition(now)?;
        let CgState {
            residual,
            direction,
            image_of_residual,
            ..
        } = now;
        direction.aypx(
            now.square / before,
            image_of_residual.as_ref().unwrap_or(residual),
        )?;
        Ok(ControlFlow::Continue(measures))
    }

    fn refresh(&self, now: &mut CgState<X>) -> Result<Option<Measures>> {
        self.restart(now).map(Some)
    }
}

/// What conjugate gradients keep from step to step.
pub struct CgState<X> {
    x: X,
    residual: X,
    direction: X,
    /// A p.
    image: X,
    /// M r, where there is a preconditioner.
    image_of_residual: Option<X>,
    /// ⟨r, M r⟩.
    square: f64,
    objective: f64,
}

impl<X: Vector> State for CgState<X> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist> Checkpoint for CgState<X> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("residual", &mut self.residual)?;
        ledger.vector("direction", &mut self.direction)?;
        ledger.number("square", &mut self.square)?;
        ledger.number("objective", &mut self.objective)
    }
}
