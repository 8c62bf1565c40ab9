//! Gradient steps with thresholding in between, plain and accelerated: sparse solutions of least squares.

use std::marker::PhantomData;
use std::mem::swap;
use std::ops::ControlFlow;

use super::momentum::{Accelerated, Momentum, Plain};
use super::state::ThresholdingState;
use crate::error::{Error, Result};
use crate::field::Vector;
use crate::operator::LinearOperator;
use crate::solver::products::totals;
use crate::solver::rows::{Data, Rows};
use crate::solver::sparsity::{Direct, Sparsity, Through};
use crate::solver::system::check_weight;
use crate::solver::{
    Beginning, Measures, Options, PowerIteration, Shrink, Solver, Status, Stop, Threshold,
};

/// ISTA: gradient steps, each thresholded. The objective falls in every step. See [`Thresholding`].
///
/// Source: I. Daubechies, M. Defrise and C. De Mol, *An iterative thresholding algorithm for linear inverse problems with a
/// sparsity constraint*, Comm. Pure Appl. Math. 57 (2004).
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn blur(u: Input<f64, 1>) -> f64 {
///     0.25 * u[-1] + 0.5 * u[0] + 0.25 * u[1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [30])?;
/// let blur = Blur.on(&grid)?;
/// let spikes = grid.field(|[i]| if i == 7 { 1.0 } else if i == 20 { -2.0 } else { 0.0 });
/// let b = blur.forward(&spikes)?;
/// let solution = Ista::new(&blur, &b, 1e-3).stop(Stop::after(2000).relative(1e-6)).solve()?;
/// assert!(solution.status.is_solved());
/// let found = solution.x.view().iter().filter(|value| **value != 0.0).count();
/// assert_eq!(found, 2);
/// # Ok::<(), halo::Error>(())
/// ```
pub type Ista<'a, X, Y> = Thresholding<'a, X, Y, Plain>;

/// FISTA: [`Ista`] from points extrapolated along the last move, of which far fewer are needed; the objective may rise at times.
/// See [`Thresholding`].
///
/// Source: A. Beck and M. Teboulle, *A fast iterative shrinkage-thresholding algorithm for linear inverse problems*, SIAM J.
/// Imaging Sci. 2 (2009).
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn blur(u: Input<f64, 1>) -> f64 {
///     0.25 * u[-1] + 0.5 * u[0] + 0.25 * u[1]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [30])?;
/// let blur = Blur.on(&grid)?;
/// let b = blur.forward(&grid.field(|[i]| f64::from(i % 9 == 4)))?;
/// let stop = Stop::after(5000).relative(1e-6);
/// let fast = Fista::new(&blur, &b, 1e-3).stop(stop).solve()?;
/// let plain = Ista::new(&blur, &b, 1e-3).stop(stop).solve()?;
/// assert!(fast.status.is_solved() && fast.iterations() < plain.iterations());
/// # Ok::<(), halo::Error>(())
/// ```
pub type Fista<'a, X, Y> = Thresholding<'a, X, Y, Accelerated>;

/// [`Ista`] and [`Fista`]: the x that minimises ‖A x − b‖² + weight × R(W x), where R sums the penalty of a [`Threshold`], |z|
/// unless told otherwise, and W is an orthonormal sparsifying operator, the identity unless told otherwise.
///
/// *Optimality* is ‖x − prox(x + step Aᴴ(b − A x))‖ / step, which is the norm of half the gradient where there is no penalty, taken at
/// the point of the step; its value at x = 0, to which tolerances are relative, counts as ‖Aᴴ b‖. The *objective* is what is minimised.
/// With [`Threshold::Hard`] and [`Threshold::Half`] that has many local minima, and one of them is found.
///
/// The step is 1 / ‖A‖², found by a [`PowerIteration`] unless it is given. One that proves too long for a move that is made, because
/// the iteration had not seen the largest eigenvalue, is shortened (Beck and Teboulle's backtracking), so that the methods converge in
/// any case.
///
/// One application forward, one adjoint, one message per iteration, W twice forward and once adjoint; five models and four data
/// vectors.
#[must_use = "a solver does nothing until it is told to `.solve()` or `.begin()`"]
pub struct Thresholding<'a, X, Y, M> {
    data: Data<'a, X, Y>,
    weight: f64,
    threshold: Threshold,
    sparsity: Box<dyn Sparsity<X> + 'a>,
    step: Option<f64>,
    options: Options<'a, X>,
    momentum: PhantomData<M>,
}

impl<'a, X: Shrink + 'a, Y: Vector + 'a, M: Momentum> Thresholding<'a, X, Y, M> {
    /// The least ‖A x − b‖² + weight × the sum of all |x|.
    pub fn new<A>(operator: &'a A, data: &'a Y, weight: f64) -> Self
    where
        A: LinearOperator<Domain = X, Range = Y>,
    {
        Thresholding {
            data: Data { operator, data },
            weight,
            threshold: Threshold::Soft,
            sparsity: Box::new(Direct),
            step: None,
            options: Options::default(),
            momentum: PhantomData,
        }
    }

    /// Another penalty.
    pub fn threshold(mut self, threshold: Threshold) -> Self {
        self.threshold = threshold;
        self
    }

    /// The operator whose image is to be sparse; `begin` checks that it is orthonormal.
    pub fn sparsifying<W>(mut self, operator: &'a W) -> Self
    where
        W: LinearOperator<Domain = X>,
        W::Range: Shrink + 'a,
    {
        self.sparsity = Box::new(Through::new(operator));
        self
    }

    /// The length of the first step, below 2 / ‖A‖² for ISTA and at most 1 / ‖A‖² for FISTA; saves the power iteration.
    pub fn step_size(mut self, step: f64) -> Self {
        self.step = Some(step);
        self
    }

    /// The step that was given, or a little less than the inverse of the largest eigenvalue.
    fn first_step(&self) -> Result<f64> {
        if let Some(step) = self.step {
            return if step > 0.0 && step.is_finite() {
                Ok(step)
            } else {
                Err(Error::Invalid(format!(
                    "a step of {step} leads nowhere; give a positive one, or none"
                )))
            };
        }
        let eigenvalue = PowerIteration::of_normal(self.data.operator)
            .progress(false)
            .stop(Stop::after(200).relative(1e-2))
            .solve()?
            .measures()
            .objective;
        // Of the zero operator any step will do; what is not finite shows in the first step.
        Ok(if eigenvalue == 0.0 {
            1.0
        } else {
            0.99 / eigenvalue
        })
    }

    /// Residual and measures from x, without momentum.
    fn restart(&self, now: &mut ThresholdingState<X, Y>) -> Result<Measures> {
        now.last_x.copy_from(&now.x)?;
        self.data.residual_into(Some(&now.x), &mut now.residual)?;
        now.last_residual.copy_from(&now.residual)?;
        now.momentum = 1.0;
        self.data.adjoint_into(&now.residual, &mut now.gradient)?;
        now.trial.copy_from(&now.x)?;
        now.trial.axpy(now.step, &now.gradient)?;
        self.sparsity
            .shrink(&mut now.trial, self.threshold, self.weight * now.step)?;
        now.trial.axpy(-1.0, &now.x)?;
        let [dd, rr, xx, penalty] = totals(now.x.comm(), |[dd, rr, xx, penalty]| {
            now.trial.add_dot(&now.trial, dd)?;
            now.residual.add_dot(&now.residual, rr)?;
            now.x.add_dot(&now.x, xx)?;
            self.sparsity.add_penalty(&now.x, self.threshold, penalty)
        })?;
        Ok(Measures {
            residual: rr.root(),
            model_norm: xx.root(),
            objective: rr.value() + self.weight * penalty.value(),
            optimality: dd.root() / now.step,
        })
    }

    /// From where the step goes: x, or beyond it along the last move.
    fn extrapolate(&self, now: &mut ThresholdingState<X, Y>) -> Result {
        let next = M::next(now.momentum);
        let beyond = (now.momentum - 1.0) / next;
        now.momentum = next;
        now.point.copy_from(&now.x)?;
        now.point_residual.copy_from(&now.residual)?;
        if beyond != 0.0 {
            now.point.scale(1.0 + beyond);
            now.point.axpy(-beyond, &now.last_x)?;
            now.point_residual.scale(1.0 + beyond);
            now.point_residual.axpy(-beyond, &now.last_residual)?;
        }
        Ok(())
    }
}

impl<'a, X: Shrink + 'a, Y: Vector + 'a, M: Momentum> Solver<'a> for Thresholding<'a, X, Y, M> {
    type Unknown = X;
    type State = ThresholdingState<X, Y>;
    const NAME: &'static str = M::NAME;

    fn options(&mut self) -> &mut Options<'a, X> {
        &mut self.options
    }

    fn initialise(&self, start: Option<X>) -> Result<Beginning<ThresholdingState<X, Y>>> {
        check_weight("the weight of the penalty", self.weight)?;
        if self.weight < 0.0 {
            return Err(Error::Invalid(format!(
                "the weight of the penalty is {}; give 0 or a positive one",
                self.weight
            )));
        }
        self.sparsity.check()?;
        let (model, data) = (|| self.data.zero_model(), || self.data.zero_data());
        let mut state = ThresholdingState {
            x: model(),
            last_x: model(),
            point: model(),
            gradient: model(),
            trial: model(),
            residual: data(),
            last_residual: data(),
            point_residual: data(),
            trial_residual: data(),
            momentum: 1.0,
            step: self.first_step()?,
        };
        self.data.residual_into(None, &mut state.residual)?;
        let zero_data = state.residual.norm()? == 0.0;
        self.data
            .adjoint_into(&state.residual, &mut state.gradient)?;
        let reference = state.gradient.norm()?;
        if let Some(start) = start.filter(|_| !zero_data) {
            state.x.copy_from(&start)?;
        }
        Ok(Beginning {
            measures: self.restart(&mut state)?,
            state,
            reference,
            zero_data,
        })
    }

    fn advance(&self, now: &mut ThresholdingState<X, Y>) -> Result<ControlFlow<Status, Measures>> {
        self.extrapolate(now)?;
        self.data
            .adjoint_into(&now.point_residual, &mut now.gradient)?;
        loop {
            now.trial.copy_from(&now.point)?;
            now.trial.axpy(now.step, &now.gradient)?;
            self.sparsity
                .shrink(&mut now.trial, self.threshold, self.weight * now.step)?;
            self.data
                .residual_into(Some(&now.trial), &mut now.trial_residual)?;
            // The move and its image; what was there is needed no more.
            now.last_x.copy_from(&now.trial)?;
            now.last_x.axpy(-1.0, &now.point)?;
            now.last_residual.copy_from(&now.trial_residual)?;
            now.last_residual.axpy(-1.0, &now.point_residual)?;
            let [dd, images, rr, xx, penalty] = totals(now.x.comm(), |all| {
                let [dd, images, rr, xx, penalty] = all;
                now.last_x.add_dot(&now.last_x, dd)?;
                now.last_residual.add_dot(&now.last_residual, images)?;
                now.trial_residual.add_dot(&now.trial_residual, rr)?;
                now.trial.add_dot(&now.trial, xx)?;
                self.sparsity
                    .add_penalty(&now.trial, self.threshold, penalty)
            })?;
            let (moved, image) = (dd.root(), images.root());
            let measures = Measures {
                residual: rr.root(),
                model_norm: xx.root(),
                objective: rr.value() + self.weight * penalty.value(),
                optimality: moved / now.step,
            };
            if !measures.are_finite() {
                return Ok(ControlFlow::Break(Status::NotFinite));
            }
            // ‖A d‖² is to be at most ‖d‖² / step. Of tiny moves, rounding hides it.
            let told = moved > 1e-4 * measures.model_norm;
            let longest = (moved / image).powi(2);
            if told && now.step > 1.01 * longest {
                now.step = (0.5 * now.step).min(0.99 * longest);
                continue;
            }
            swap(&mut now.last_x, &mut now.x);
            swap(&mut now.x, &mut now.trial);
            swap(&mut now.last_residual, &mut now.residual);
            swap(&mut now.residual, &mut now.trial_residual);
            return Ok(ControlFlow::Continue(measures));
        }
    }

    fn refresh(&self, now: &mut ThresholdingState<X, Y>) -> Result<Option<Measures>> {
        self.restart(now).map(Some)
    }

    fn settings(&self) -> Vec<(&'static str, f64)> {
        let threshold = f64::from(self.threshold as u8);
        vec![("weight", self.weight), ("threshold", threshold)]
    }
}
