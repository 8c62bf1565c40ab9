//! Steps in place: an output takes the storage of an input, as leapfrog writes u+ over u-.
//!
//! A time step that reads the state before the last only where it writes the next needs two states, not three.

use std::mem;

use arrayvec::ArrayVec;

use crate::{
    error::Result,
    field::{FieldSet, Values},
    operator::StencilOperator,
    scalar::Arithmetic,
    stencil::{Adjoint, Application, Driver, Forward, InPlace, MAX_FIELDS},
};

use super::shared::State;

/// What an operator can do whose attribute says `overwrite = v`.
impl<K: InPlace, const D: usize> StencilOperator<K, D> {
    /// One step: `state`, which holds the inputs that are overwritten, becomes A (kept, state). Collective.
    ///
    /// The values are those of `forward`, bit for bit. Memory is read and written once for each field; nothing is allocated.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// /// u+ = 2 u - u- + c^2 (u[-1] - 2 u + u[1]), which may be written over u-.
    /// #[stencil(overwrite = before)]
    /// fn leapfrog(now: Input<f64, 1>, before: Input<f64, 1>, c2: f64) -> f64 {
    ///     2.0 * now[0] - before[0] + c2 * (now[-1] - 2.0 * now[0] + now[1])
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [100])?;
    /// let step = Leapfrog { c2: 0.25 }.boundary(Boundary::Mirror).on(&grid)?;
    /// let bump = |[i]: [usize; 1]| (-0.01 * (i as f64 - 50.0).powi(2)).exp();
    /// let (mut now, mut before) = (grid.field(bump), grid.field(bump));
    /// for _ in 0..200 {
    ///     step.forward_in_place(&now, &mut before)?;
    ///     std::mem::swap(&mut now, &mut before);
    /// }
    /// # assert!(now.norm()? > 0.1 && now.norm()? < 10.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`forward_into`](crate::LinearOperator::forward_into); where another rank fails midway, some of `state` is
    /// new already.
    pub fn forward_in_place(
        &self,
        kept: &K::Kept<K::Scalar, D>,
        state: &mut K::Range<K::Scalar, D>,
    ) -> Result {
        self.check("input", kept)?;
        self.check("output", state)?;
        let State {
            kernel,
            coefficients,
            driver,
            workspace,
        } = &mut *self.shared.state()?;
        let application = Application {
            forward: true,
            rows: &Forward(kernel),
            coefficients: &coefficients.sources(),
            overwritten: K::OVERWRITTEN,
            added: &[],
            walls: None,
        };
        // Something has to stand where the overwritten inputs do, and is not looked at.
        if K::Kept::<K::Scalar, D>::COUNT == 0 && workspace.is_none() {
            *workspace = Some(K::Domain::zeros(&self.shared.grid));
        }
        let mut step = |kept: &[&Values<K::Scalar, D>], stand_in: &Values<K::Scalar, D>| {
            let mut kept = kept.iter();
            let inputs: ArrayVec<&Values<K::Scalar, D>, MAX_FIELDS> = (0..K::FACTS.inputs.len())
                .map(|input| match K::OVERWRITTEN.contains(&input) {
                    true => stand_in,
                    false => kept.next().copied().unwrap_or(stand_in),
                })
                .collect();
            state.with_mut(|outputs| driver.apply(&application, &inputs, outputs))
        };
        kept.with(|kept| match (kept.first(), &*workspace) {
            (Some(first), _) => step(kept, first),
            (None, Some(workspace)) => workspace.with(|fields| step(kept, fields[0])),
            (None, None) => Ok(()),
        })
    }

    /// The transpose of a step, which is what takes a gradient back through it: with the step (kept, v) -> (kept, A v + B kept),
    /// `state` becomes Aᴴ `state`, and Bᴴ of the old `state` is added to `kept`. Collective.
    ///
    /// Goes through a workspace as large as what is overwritten, allocated by the first call.
    ///
    /// # Errors
    /// As for [`forward_in_place`](Self::forward_in_place).
    pub fn adjoint_in_place(
        &self,
        kept: &mut K::Kept<K::Scalar, D>,
        state: &mut K::Range<K::Scalar, D>,
    ) -> Result {
        self.check("input", kept)?;
        self.check("output", state)?;
        let State {
            kernel,
            coefficients,
            driver,
            workspace,
        } = &mut *self.shared.state()?;
        let gathered = workspace.get_or_insert_with(|| K::Domain::zeros(&self.shared.grid));
        let application = Application {
            forward: false,
            rows: &Adjoint(kernel),
            coefficients: &coefficients.sources(),
            overwritten: &[],
            added: &[],
            walls: None,
        };
        gathered.with_mut(|gathered| {
            kept.with_mut(|kept| {
                state.with_mut(|state| {
                    step_back(driver, application, K::OVERWRITTEN, gathered, kept, state)
                })
            })
        })
    }
}

/// Gathers into `gathered` what replaces the state, and adds to `kept` what else there is.
fn step_back<S: Arithmetic, const D: usize>(
    driver: &mut Driver<S, D>,
    application: Application<'_, S, D>,
    overwritten: &[usize],
    gathered: &mut [&mut Values<S, D>],
    kept: &mut [&mut Values<S, D>],
    state: &mut [&mut Values<S, D>],
) -> Result {
    let others: ArrayVec<usize, MAX_FIELDS> = (0..gathered.len())
        .filter(|input| !overwritten.contains(input))
        .collect();
    let rows: ArrayVec<&Values<S, D>, MAX_FIELDS> = state.iter().map(|state| &**state).collect();
    if driver.folds() {
        // What is folded back from beyond the ends comes on top of values, not of sums.
        driver.apply(&application, &rows, gathered)?;
        for (kept, input) in kept.iter_mut().zip(&others) {
            add(kept, gathered[*input]);
        }
    } else {
        let mut kept = kept.iter_mut();
        let mut targets: ArrayVec<&mut Values<S, D>, MAX_FIELDS> = ArrayVec::new();
        for (input, gathered) in gathered.iter_mut().enumerate() {
            let of_kept = others.contains(&input).then(|| kept.next()).flatten();
            targets.push(match of_kept {
                Some(kept) => &mut **kept,
                None => &mut **gathered,
            });
        }
        let added = Application {
            added: &others,
            ..application
        };
        driver.apply(&added, &rows, &mut targets)?;
    }
    drop(rows);
    let mut replaced = state.iter_mut().zip(overwritten);
    replaced.try_for_each(|(state, input)| take(state, gathered[*input]))
}

/// sum += x, of two fields on one grid.
fn add<S: Arithmetic, const D: usize>(sum: &mut Values<S, D>, x: &Values<S, D>) {
    for ((_, sum), (_, x)) in sum.rows_mut().zip(x.rows()) {
        for (sum, x) in sum.iter_mut().zip(x) {
            *sum = *sum + *x;
        }
    }
}

/// Moves new values in, by the exchange of storage where the two are laid out alike.
fn take<S: Arithmetic, const D: usize>(state: &mut Values<S, D>, new: &mut Values<S, D>) -> Result {
    if state.layout() != new.layout() {
        return state.set_from(new);
    }
    mem::swap(state, new);
    Ok(())
}
