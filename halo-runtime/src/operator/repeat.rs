//! Repeated application: many steps of one stencil in one call, so that several of them share a pass over memory.
//!
//! A plain time loop streams all fields through the cache once a step; here a part of the grid takes several steps while it
//! is there.

use std::mem;

use crate::{
    error::Result,
    field::{FieldSet, Vector},
    operator::{LinearOperator, StencilOperator},
    stencil::{Adjoint, Application, Forward, InPlace, Repetition, Stencil},
};

use super::shared::State;

/// What an operator can do whose domain is its range.
impl<K, V, const D: usize> StencilOperator<K, D>
where
    K: Stencil,
    V: FieldSet<K::Scalar, D> + Vector,
    Self: LinearOperator<Domain = V, Range = V>,
{
    /// Aⁿ x. Collective.
    ///
    /// # Errors
    /// As for [`repeat_into`](Self::repeat_into).
    pub fn repeat(&self, times: usize, x: &V) -> Result<V> {
        let mut y = self.zero_range();
        self.repeat_into(times, x, &mut y)?;
        Ok(y)
    }

    /// y = Aⁿ x, with the bits of as many single applications; a copy of x where n is 0. Collective.
    ///
    /// Where the fields are larger than the cache, a tile of the grid takes several steps while it is there; how many,
    /// [`Tuning::steps_per_pass`](crate::stencil::Tuning::steps_per_pass) says. Keeps one field between calls.
    ///
    /// Systems of several fields go step by step.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// /// A step of diffusion.
    /// #[stencil]
    /// fn diffuse(u: Input<f64, 2>, r: f64) -> f64 {
    ///     u[[0, 0]] + r * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]])
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [40, 30])?;
    /// let step = Diffuse { r: 0.2 }.boundary(Boundary::Mirror).on(&grid)?;
    /// let u = grid.field(|[i, j]| if i < 20 && j < 15 { 1.0 } else { 0.0 });
    /// let later = step.repeat(100, &u)?;
    ///
    /// let mut again = u;
    /// for _ in 0..100 {
    ///     again = step.forward(&again)?;
    /// }
    /// assert_eq!(later.view(), again.view());
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`forward_into`](LinearOperator::forward_into).
    pub fn repeat_into(&self, times: usize, x: &V, y: &mut V) -> Result {
        self.repeat_either(true, times, x, y)
    }

    /// x = (Aᴴ)ⁿ y, with the bits of as many single applications. Collective.
    ///
    /// Goes step by step where ghosts are folded back, that is, for all boundary kinds but `Zero` and `Valid`.
    ///
    /// # Errors
    /// As for [`adjoint_into`](LinearOperator::adjoint_into).
    pub fn adjoint_repeat_into(&self, times: usize, y: &V, x: &mut V) -> Result {
        self.repeat_either(false, times, y, x)
    }

    fn repeat_either(&self, forward: bool, times: usize, x: &V, y: &mut V) -> Result {
        self.check("input", x)?;
        self.check("output", y)?;
        if V::COUNT > 1 {
            return self.step_by_step(forward, times, x, y);
        }
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state()?;
        let repetition = Repetition {
            forward,
            times,
            overwritten: &[],
            coefficients: coefficients.bytes(),
        };
        let (depth, growth) = driver.prepare(&repetition)?;
        coefficients.widen(&self.shared.geometry, growth)?;
        let application = Application {
            forward,
            rows: match forward {
                true => &Forward(&*kernel),
                false => &Adjoint(&*kernel),
            },
            coefficients: &coefficients.sources(),
            overwritten: &[],
            added: &[],
            walls: None,
        };
        x.with(|x| y.with_mut(|y| driver.repeat(&repetition, depth, &application, x[0], y[0])))
    }

    fn step_by_step(&self, forward: bool, times: usize, x: &V, y: &mut V) -> Result {
        y.copy_from(x)?;
        if times == 0 {
            return Ok(());
        }
        let mut next = x.zeros_like();
        for _ in 0..times {
            match forward {
                true => self.forward_into(y, &mut next)?,
                false => self.adjoint_into(y, &mut next)?,
            }
            mem::swap(y, &mut next);
        }
        Ok(())
    }
}

/// What an operator can do that keeps as many fields as it overwrites.
impl<K: InPlace, const D: usize> StencilOperator<K, D> {
    /// A time loop in one call: `times` steps [in place](Self::forward_in_place), after each of which the two states change
    /// places. Collective.
    ///
    /// `now` and `before` hold the last two states then, with the bits of the loop step by step.
    ///
    /// Where the fields are larger than the cache, a tile of the grid takes several steps while it is there; how many,
    /// [`Tuning::steps_per_pass`](crate::stencil::Tuning::steps_per_pass) says.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil(overwrite = before)]
    /// fn leapfrog(now: Input<f64, 1>, before: Input<f64, 1>, c2: f64) -> f64 {
    ///     2.0 * now[0] - before[0] + c2 * (now[-1] - 2.0 * now[0] + now[1])
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [100])?;
    /// let step = Leapfrog { c2: 0.25 }.boundary(Boundary::Mirror).on(&grid)?;
    /// let bump = |[i]: [usize; 1]| (-0.01 * (i as f64 - 50.0).powi(2)).exp();
    /// let (mut now, mut before) = (grid.field(bump), grid.field(bump));
    /// step.repeat_in_place(200, &mut now, &mut before)?;
    /// # assert!(now.norm()? > 0.1 && now.norm()? < 10.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`forward_in_place`](Self::forward_in_place).
    pub fn repeat_in_place<V>(&self, times: usize, now: &mut V, before: &mut V) -> Result
    where
        V: FieldSet<K::Scalar, D>,
        K: InPlace<Kept<<K as Stencil>::Scalar, D> = V>
            + Stencil<Range<<K as Stencil>::Scalar, D> = V>,
    {
        self.check("input", now)?;
        self.check("output", before)?;
        if V::COUNT != 1 {
            for _ in 0..times {
                self.forward_in_place(now, before)?;
                mem::swap(now, before);
            }
            return Ok(());
        }
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state()?;
        let repetition = Repetition {
            forward: true,
            times,
            overwritten: K::OVERWRITTEN,
            coefficients: coefficients.bytes(),
        };
        let (depth, growth) = driver.prepare(&repetition)?;
        coefficients.widen(&self.shared.geometry, growth)?;
        let application = Application {
            forward: true,
            rows: &Forward(kernel),
            coefficients: &coefficients.sources(),
            overwritten: K::OVERWRITTEN,
            added: &[],
            walls: None,
        };
        now.with_mut(|now| {
            before.with_mut(|before| {
                let turns = [&mut *now[0], &mut *before[0]];
                driver.repeat_in_place(&repetition, depth, &application, turns)
            })
        })?;
        if times % 2 == 1 {
            mem::swap(now, before);
        }
        Ok(())
    }
}
