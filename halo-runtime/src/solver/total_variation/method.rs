//! Total variation by split Bregman: edges stay, noise between them goes.

use std::ops::ControlFlow;

use super::state::TotalVariationState;
use crate::error::{Error, Result};
use crate::field::{ExactSum, Vector};
use crate::operator::LinearOperator;
use crate::solver::products::totals;
use crate::solver::rows::{Borrowed, Data, Rows};
use crate::solver::system::check_weight;
use crate::solver::{
    Beginning, Measures, Options, Shrink, ShrinkJointly, Solver, Status, Threshold,
};

/// Iterations after which the penalty parameter stays, so that the method converges.
const ADAPTATIONS: usize = 100;

/// The x that minimises ‖A x − b‖² + weight × TV(x), where TV sums |G x|: over the points the modulus of all components together
/// (isotropic), or that of every component by itself (anisotropic). G is a gradient, or any other operator with a sparse image.
///
/// The problem is split, d = G x, and solved by turns: x from least squares, by some steps of CGLS; d by thresholding; then the
/// Bregman variable. That is the alternating direction method of multipliers. Its parameter μ is balanced during the first 100
/// iterations, unless it is given.
///
/// *Optimality* is the larger of ‖G x − d‖ over the larger of ‖G x‖ and ‖d‖, and of ‖Aᴴ(b − A x) − μGᴴu‖ over ‖Aᴴ b‖; being relative
/// already, its value at x = 0 counts as 1. The *objective* is what is minimised.
///
/// Per iteration, one application of A and G forward, of G adjoint, and per inner step both ways of both; two messages, and two per
/// inner step; four models, three data vectors, and six of G's.
///
/// Sources: T. Goldstein and S. Osher, *The split Bregman method for L1-regularized problems*, SIAM J. Imaging Sci. 2 (2009); the
/// residuals and their balance are those of S. Boyd, N. Parikh, E. Chu, B. Peleato and J. Eckstein, *Distributed optimization and
/// statistical learning via the alternating direction method of multipliers* (2011), section 3.
///
/// ```
/// use halo::prelude::*;
/// use halo::stock::{Gradient, Kind};
///
/// #[stencil]
/// fn blur(u: Input<f64, 2>) -> f64 {
///     0.5 * u[[0, 0]] + 0.125 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]])
/// }
///
/// let grid = Grid::new(&Comm::solo(), [16, 16])?;
/// let blur = Blur.boundary(Boundary::Mirror).on(&grid)?;
/// let gradient = Gradient::new().kind(Kind::Forward).on(&grid)?;
/// let plateau = grid.field(|[i, j]| f64::from(i > 4 && i < 11 && j > 7));
/// let mut b = blur.forward(&plateau)?;
/// b.axpy(0.05, &grid.random(1))?; // noise
/// let solution = TotalVariation::isotropic(&blur, &b, &gradient, 0.02)
///     .stop(Stop::after(300).relative(1e-3))
///     .solve()?;
/// assert!(solution.status.is_solved());
/// let mut error = solution.x;
/// error.axpy(-1.0, &plateau)?;
/// assert!(error.max_abs()? < 0.2);
/// # Ok::<(), halo::Error>(())
/// ```
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct TotalVariation<'a, X, Y, Z> {
    data: Data<'a, X, Y>,
    gradient: Borrowed<'a, X, Z>,
    weight: f64,
    shrink: fn(&mut Z, f64) -> Result,
    add_penalty: fn(&Z, &mut ExactSum) -> Result,
    name: &'static str,
    parameter: Option<f64>,
    inner: usize,
    options: Options<'a, X>,
}

impl<'a, X: Vector + 'a, Y: Vector + 'a, Z: Vector + 'a> TotalVariation<'a, X, Y, Z> {
    /// The sum over the points of |G x|, of all components together: no direction is preferred.
    pub fn isotropic<A, G>(operator: &'a A, data: &'a Y, gradient: &'a G, weight: f64) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
        G: LinearOperator<Domain = X, Range = Z>,
        Z: ShrinkJointly,
    {
        TotalVariation {
            data: Data { operator, data },
            gradient,
            weight,
            shrink: |z, weight| z.shrink_jointly(Threshold::Soft, weight),
            add_penalty: |z, total| z.add_joint_penalty(Threshold::Soft, total),
            name: "isotropic",
            parameter: None,
            inner: 5,
            options: Options::default(),
        }
    }

    /// The sum over points and components of |G x|: edges along the axes are preferred.
    pub fn anisotropic<A, G>(operator: &'a A, data: &'a Y, gradient: &'a G, weight: f64) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
        G: LinearOperator<Domain = X, Range = Z>,
        Z: Shrink,
    {
        TotalVariation {
            data: Data { operator, data },
            gradient,
            weight,
            shrink: |z, weight| {
                z.shrink(Threshold::Soft, weight);
                Ok(())
            },
            add_penalty: |z, total| {
                z.add_penalty(Threshold::Soft, total);
                Ok(())
            },
            name: "anisotropic",
            parameter: None,
            inner: 5,
            options: Options::default(),
        }
    }

    /// The parameter μ of the splitting: convergence depends on it, the solution does not.
    pub fn parameter(mut self, parameter: f64) -> Self {
        self.parameter = Some(parameter);
        self
    }

    /// Steps of CGLS for each x; 5 unless set.
    pub fn inner_steps(mut self, steps: usize) -> Self {
        self.inner = steps;
        self
    }
}

impl<'a, X: Vector + 'a, Y: Vector + 'a, Z: Vector + 'a> TotalVariation<'a, X, Y, Z> {
    /// The gradient of what x minimises, Aᴴ(b − A x) + μGᴴ(d − u − G x), and its square.
    fn inner_gradient(&self, now: &mut TotalVariationState<X, Y, Z>) -> Result<f64> {
        self.data.adjoint_into(&now.residual, &mut now.slope)?;
        self.gradient.adjoint_into(&now.misfit, &mut now.part)?;
        now.slope.axpy(now.parameter, &now.part)?;
        now.slope.dot(&now.slope)
    }

    /// Some steps of CGLS towards the x of least ‖A x − b‖² + μ‖G x − d + u‖².
    fn improve(&self, now: &mut TotalVariationState<X, Y, Z>) -> Result<ControlFlow<Status>> {
        // residual = b − A x is at hand.
        now.misfit.copy_from(&now.split)?;
        now.misfit.axpy(-1.0, &now.bregman)?;
        now.misfit.axpy(-1.0, &now.image)?;
        let mut square = self.inner_gradient(now)?;
        now.direction.copy_from(&now.slope)?;
        for _ in 0..self.inner {
            if square == 0.0 {
                break;
            }
            self.data
                .forward_into(&now.direction, &mut now.direction_data)?;
            self.gradient
                .forward_into(&now.direction, &mut now.direction_image)?;
            let [data, image] = totals(now.x.comm(), |[data, image]| {
                now.direction_data.add_dot(&now.direction_data, data)?;
                now.direction_image.add_dot(&now.direction_image, image)
            })?;
            let curvature = data.value() + now.parameter * image.value();
            if curvature == 0.0 {
                break;
            }
            let step = square / curvature;
            if !step.is_finite() {
                return Ok(ControlFlow::Break(Status::NotFinite));
            }
            now.x.axpy(step, &now.direction)?;
            now.residual.axpy(-step, &now.direction_data)?;
            now.misfit.axpy(-step, &now.direction_image)?;
            let next = self.inner_gradient(now)?;
            now.direction.aypx(next / square, &now.slope)?;
            square = next;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// d by thresholding and the Bregman variable u; gives ‖G x − d‖, its scale, and the norm of the gradient that is left.
    fn split(&self, now: &mut TotalVariationState<X, Y, Z>) -> Result<[f64; 3]> {
        self.gradient.forward_into(&now.x, &mut now.image)?;
        now.change.copy_from(&now.split)?;
        now.split.copy_from(&now.image)?;
        now.split.axpy(1.0, &now.bregman)?;
        (self.shrink)(&mut now.split, self.weight / now.parameter)?;
        now.change.aypx(-1.0, &now.split)?;
        // The misfit has done its work.
        now.misfit.copy_from(&now.image)?;
        now.misfit.axpy(-1.0, &now.split)?;
        now.bregman.axpy(1.0, &now.misfit)?;
        self.gradient.adjoint_into(&now.change, &mut now.part)?;
        now.slope.axpy(now.parameter, &now.part)?;
        let [gap, image, split, left] = totals(now.x.comm(), |[gap, image, split, left]| {
            now.misfit.add_dot(&now.misfit, gap)?;
            now.image.add_dot(&now.image, image)?;
            now.split.add_dot(&now.split, split)?;
            now.slope.add_dot(&now.slope, left)
        })?;
        Ok([gap.root(), image.root().max(split.root()), left.root()])
    }

    /// Residual, model norm and objective of x.
    fn measure(&self, now: &mut TotalVariationState<X, Y, Z>, optimality: f64) -> Result<Measures> {
        let [rr, xx, penalty] = totals(now.x.comm(), |[rr, xx, penalty]| {
            now.residual.add_dot(&now.residual, rr)?;
            now.x.add_dot(&now.x, xx)?;
            (self.add_penalty)(&now.image, penalty)
        })?;
        Ok(Measures {
            residual: rr.root(),
            model_norm: xx.root(),
            objective: rr.value() + self.weight * penalty.value(),
            optimality,
        })
    }

    /// A larger μ brings G x and d together, a smaller one the gradient down.
    fn balance(&self, now: &mut TotalVariationState<X, Y, Z>, gap: f64, left: f64) {
        if self.parameter.is_some() || now.adaptations >= ADAPTATIONS as f64 {
            return;
        }
        now.adaptations += 1.0;
        let factor = if gap > 10.0 * left {
            2.0
        } else if left > 10.0 * gap {
            0.5
        } else {
            return;
        };
        now.parameter *= factor;
        now.bregman.scale(1.0 / factor);
    }
}

/// A part of a scale; nothing of nothing is nothing.
fn relative(part: f64, scale: f64) -> f64 {
    if part == 0.0 { 0.0 } else { part / scale }
}

impl<'a, X: Vector + 'a, Y: Vector + 'a, Z: Vector + 'a> Solver<'a>
    for TotalVariation<'a, X, Y, Z>
{
    type Unknown = X;
    type State = TotalVariationState<X, Y, Z>;
    const NAME: &'static str = "total variation";

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<TotalVariationState<X, Y, Z>>> {
        check_weight("the weight of the total variation", self.weight)?;
        let parameter = self.parameter.unwrap_or(1.0);
        check_weight("the parameter of the splitting", parameter)?;
        if self.weight < 0.0 || parameter <= 0.0 || self.inner == 0 {
            return Err(Error::Invalid(format!(
                "total variation with weight {}, parameter {parameter} and {} inner steps makes no sense; the weight is not \
                 to be negative, the others are to be positive",
                self.weight, self.inner
            )));
        }
        let (model, data) = (|| self.data.zero_model(), || self.data.zero_data());
        let image = || self.gradient.zero_range();
        let mut state = TotalVariationState {
            x: model(),
            slope: model(),
            part: model(),
            direction: model(),
            residual: data(),
            direction_data: data(),
            image: image(),
            split: image(),
            bregman: image(),
            misfit: image(),
            change: image(),
            direction_image: image(),
            parameter,
            adaptations: 0.0,
            reference: 0.0,
        };
        self.data.residual_into(None, &mut state.residual)?;
        let zero_data = state.residual.norm()? == 0.0;
        self.data.adjoint_into(&state.residual, &mut state.slope)?;
        state.reference = state.slope.norm()?;
        if let Some(start) = start.filter(|_| !zero_data) {
            state.x.copy_from(&start)?;
            self.data
                .residual_into(Some(&state.x), &mut state.residual)?;
            self.data.adjoint_into(&state.residual, &mut state.slope)?;
            self.gradient.forward_into(&state.x, &mut state.image)?;
            state.split.copy_from(&state.image)?;
        }
        // With u = 0, d solves its part of the problem only where it is zero.
        let left = relative(state.slope.norm()?, state.reference);
        let optimality = if state.image.norm()? == 0.0 {
            left
        } else {
            left.max(1.0)
        };
        Ok(Beginning {
            measures: self.measure(&mut state, optimality)?,
            state,
            reference: 1.0,
            zero_data,
        })
    }

    fn advance(
        &self,
        now: &mut TotalVariationState<X, Y, Z>,
    ) -> Result<ControlFlow<Status, Measures>> {
        if let ControlFlow::Break(status) = self.improve(now)? {
            return Ok(ControlFlow::Break(status));
        }
        let [gap, scale, left] = self.split(now)?;
        let (gap, left) = (relative(gap, scale), relative(left, now.reference));
        self.data.residual_into(Some(&now.x), &mut now.residual)?;
        let measures = self.measure(now, gap.max(left))?;
        self.balance(now, gap, left);
        Ok(ControlFlow::Continue(measures))
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("weight", self.weight),
            (self.name, 1.0),
            ("inner", self.inner as f64),
        ]
    }
}
