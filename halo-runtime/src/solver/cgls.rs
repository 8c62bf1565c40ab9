//! Least squares by conjugate gradients on the normal equations, which are never formed.

use std::ops::ControlFlow;

use super::products::totals;
use super::system::{System, check_weight};
use super::{Beginning, Checkpoint, Ledger, Measures, Options, Persist, Solver, State, Status};
use crate::error::Result;
use crate::field::Vector;
use crate::operator::LinearOperator;

/// Least squares by conjugate gradients: the x that minimises ‖A x − b‖² + Σ ε²‖L x‖² + damping²‖x‖².
///
/// *Optimality* is the norm of half the gradient, ‖Sᴴ(d − S x) − damping² x‖ for the stacked S = \[A; ε L\] and d = \[b; 0\]; the
/// *objective* is what is minimised, which falls in every step; the *residual* is ‖d − S x‖. From zero, and without damping, it
/// finds the solution of least norm where there are several.
///
/// One application forward, one adjoint, and two messages per iteration; three models and two data vectors.
///
/// Sources: M. R. Hestenes and E. Stiefel, *Methods of conjugate gradients for solving linear systems*, J. Res. Nat. Bur.
/// Standards 49 (1952), section 10; in this form Å. Björck, *Numerical methods for least squares problems* (1996), algorithm
/// 7.4.1, as in PyLops.
///
/// ```
/// use halo::{prelude::*, stock::Laplacian};
///
/// #[stencil]
/// fn blur(u: Input<f64, 2>) -> f64 {
///     0.5 * u[[0, 0]] + 0.125 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]])
/// }
///
/// let grid = Grid::new(&Comm::solo(), [30, 20])?;
/// let blur = Blur.on(&grid)?;
/// let smooth = Laplacian::new([0, 1]).on(&grid)?;
/// let truth = grid.field(|[i, j]| (0.2 * i as f64).sin() + (0.3 * j as f64).cos());
/// let mut b = blur.forward(&truth)?;
/// b.axpy(1e-3, &grid.random(1))?; // noise
/// let solution = Cgls::new(&blur, &b).regularise(0.1, &smooth).stop(Stop::after(200).relative(1e-8)).solve()?;
/// assert!(solution.status.is_solved());
/// let mut error = solution.x;
/// error.axpy(-1.0, &truth)?;
/// assert!(error.norm()? < 0.1 * truth.norm()?);
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Cgls<'a, X, Y> {
    system: System<'a, X, Y>,
    damping: f64,
    options: Options<'a, X>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Cgls<'a, X, Y> {
    /// The least ‖A x − b‖².
    pub fn new<A>(operator: &'a A, data: &'a Y) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        Cgls {
            system: System::new(operator, data),
            damping: 0.0,
            options: Options::default(),
        }
    }

    /// Adds damping²‖x‖².
    pub fn damping(mut self, damping: f64) -> Self {
        self.damping = damping;
        self
    }

    /// Adds weight²‖L x‖²; any number of times.
    pub fn regularise<L>(self, weight: f64, operator: &'a L) -> Cgls<'a, X, (Y, L::Range)>
    where
        L: LinearOperator<Domain = X>,
        L::Range: 'a,
    {
        Cgls {
            system: self.system.regularised(weight, operator),
            damping: self.damping,
            options: self.options,
        }
    }

    /// Residual, gradient and direction from x; the zero x needs no application.
    fn restart(&self, now: &mut CglsState<X, Y>, at_zero: bool) -> Result<Measures> {
        let x = (!at_zero).then_some(&now.x);
        self.system.rows.residual_into(x, &mut now.residual)?;
        let measures = self.measure(now)?;
        now.direction.copy_from(&now.gradient)?;
        Ok(measures)
    }

    /// The gradient of the residual at hand, its square, and all measures.
    fn measure(&self, now: &mut CglsState<X, Y>) -> Result<Measures> {
        let damping = self.damping * self.damping;
        self.system
            .rows
            .adjoint_into(&now.residual, &mut now.gradient)?;
        if damping != 0.0 {
            now.gradient.axpy(-damping, &now.x)?;
        }
        let [gg, ss, xx] = totals(now.x.comm(), |[gg, ss, xx]| {
            now.gradient.add_dot(&now.gradient, gg)?;
            now.residual.add_dot(&now.residual, ss)?;
            now.x.add_dot(&now.x, xx)
        })?;
        now.square = gg.value();
        Ok(Measures {
            residual: ss.root(),
            model_norm: xx.root(),
            objective: ss.value() + damping * xx.value(),
            optimality: gg.root(),
        })
    }
}

impl<'a, X: Vector + 'a, Y: Vector + 'a> Solver<'a> for Cgls<'a, X, Y> {
    type Unknown = X;
    type State = CglsState<X, Y>;
    const NAME: &'static str = "CGLS";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<CglsState<X, Y>>> {
        check_weight("the damping", self.damping)?;
        self.system.check()?;
        let model = || self.system.rows.zero_model();
        let mut state = CglsState {
            x: model(),
            gradient: model(),
            direction: model(),
            residual: self.system.rows.zero_data(),
            image: self.system.rows.zero_data(),
            square: 0.0,
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

    fn advance(&self, now: &mut CglsState<X, Y>) -> Result<ControlFlow<Status, Measures>> {
        self.system
            .rows
            .forward_into(&now.direction, &mut now.image)?;
        let damping = self.damping * self.damping;
        let curvature = if damping == 0.0 {
            now.image.dot(&now.image)?
        } else {
            let [qq, cc] = totals(now.x.comm(), |[qq, cc]| {
                now.image.add_dot(&now.image, qq)?;
                now.direction.add_dot(&now.direction, cc)
            })?;
            qq.value() + damping * cc.value()
        };
        if curvature == 0.0 {
            let quantity = "the image of the search direction";
            return Ok(ControlFlow::Break(Status::Breakdown { quantity }));
        }
        let step = now.square / curvature;
        if !step.is_finite() {
            return Ok(ControlFlow::Break(Status::NotFinite));
        }
        now.x.axpy(step, &now.direction)?;
        now.residual.axpy(-step, &now.image)?;
        let before = now.square;
        let measures = self.measure(now)?;
        now.direction.aypx(now.square / before, &now.gradient)?;
        Ok(ControlFlow::Continue(measures))
    }

    fn refresh(&self, now: &mut CglsState<X, Y>) -> Result<Option<Measures>> {
        self.restart(now, false).map(Some)
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        let mut settings = self.system.settings();
        settings.push(("damping", self.damping));
        settings
    }
}

/// What CGLS keeps from step to step.
pub struct CglsState<X, Y> {
    x: X,
    /// Sᴴ r − damping² x.
    gradient: X,
    direction: X,
    /// d − S x.
    residual: Y,
    /// S times the direction.
    image: Y,
    /// The square of the gradient.
    square: f64,
}

impl<X: Vector, Y> State for CglsState<X, Y> {
    type Unknown = X;

    fn x(&self) -> &X {
        &self.x
    }

    fn into_x(self) -> X {
        self.x
    }
}

impl<X: Persist, Y: Persist> Checkpoint for CglsState<X, Y> {
    fn show(&mut self, ledger: &mut Ledger) -> Result {
        ledger.vector("x", &mut self.x)?;
        ledger.vector("residual", &mut self.residual)?;
        ledger.vector("direction", &mut self.direction)?;
        ledger.number("square", &mut self.square)
    }
}
