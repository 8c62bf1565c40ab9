//! W3: steps of an acoustic wave, in place, and the two ways back through them.

use std::mem;

use halo::prelude::*;
use halo::{Error, Result};
use serde_json::json;

use super::command_line::Direction;
use super::hash;
use super::workload::Workload;

/// u+ = 2 u - u- + c lap(u), of order 8 in space, over u-.
#[stencil(overwrite = before, wrt = ())]
fn wave(u: Input<f32, 3>, before: Input<f32, 3>, c: Coef<f32, 3>) -> f32 {
    let mut laplacian = 3.0 * (-205.0 / 72.0) * u[[0, 0, 0]];
    let weights = [8.0 / 5.0, -1.0 / 5.0, 8.0 / 315.0, -1.0 / 560.0];
    for d in 1..=4 {
        laplacian += weights[(d - 1) as usize]
            * ((u[[0, 0, -d]] + u[[0, 0, d]])
                + (u[[0, -d, 0]] + u[[0, d, 0]])
                + (u[[-d, 0, 0]] + u[[d, 0, 0]]));
    }
    2.0 * u[[0, 0, 0]] - before[[0, 0, 0]] + c[[0, 0, 0]] * laplacian
}

/// The last two states.
struct States {
    now: Field<f32, 3>,
    before: Field<f32, 3>,
}

impl States {
    fn begin(&mut self, now: &Field<f32, 3>) -> Result {
        self.before.fill(0.0);
        self.now.set_from(now)
    }

    fn step(&mut self, wave: &StencilOperator<Wave, 3>) -> Result {
        wave.forward_in_place(&self.now, &mut self.before)?;
        mem::swap(&mut self.now, &mut self.before);
        Ok(())
    }

    /// The transpose of a step.
    fn step_back(&mut self, wave: &StencilOperator<Wave, 3>) -> Result {
        mem::swap(&mut self.now, &mut self.before);
        wave.adjoint_in_place(&mut self.now, &mut self.before)
    }
}

pub fn measure(workload: &Workload<'_>) -> Result {
    let grid = Grid::new(workload.comm, workload.dims::<3>()?)?;
    let c = hash::field(&grid, hash::K).map(|hash| 0.10 + 0.05 * hash as f32);
    let wave = Wave { c: (&c).into() }.on(&grid)?;
    let [x, u] = [hash::X, hash::U].map(|seed| hash::field(&grid, seed).map(|hash| hash as f32));
    let mut states = States {
        now: grid.zeros(),
        before: grid.zeros(),
    };
    let nt = workload.command_line.nt as usize;
    let details = json!({ "nt": nt });
    let mut run = |direction, start: &Field<f32, 3>, step: fn(&mut States, &_) -> Result| {
        let seconds = workload.seconds_from(
            &mut states,
            |states| states.begin(start),
            |states| (1..nt).try_for_each(|_| step(states, &wave)),
        )?;
        Ok::<_, Error>((direction, seconds.per(nt - 1), states.now.clone()))
    };

    if workload.wants(Direction::Forward) {
        let (direction, seconds, last) = run(Direction::Forward, &x, States::step)?;
        workload.report::<f32>(direction, &seconds, u.dot(&last)?, &details)?;
    }
    if workload.wants(Direction::Adjoint) {
        // Divided by c, a step is its own transpose; so is all of it, which leads to the same steps on scaled states.
        let mut scaled = u.clone();
        scaled.zip(&c, |u, c| *u *= c)?;
        let (direction, seconds, mut first) = run(Direction::Adjoint, &scaled, States::step)?;
        first.zip(&c, |first, c| *first /= c)?;
        workload.report::<f32>(direction, &seconds, x.dot(&first)?, &details)?;
    }
    if workload.wants(Direction::Strict) {
        let (direction, seconds, first) = run(Direction::Strict, &u, States::step_back)?;
        workload.report::<f32>(direction, &seconds, x.dot(&first)?, &details)?;
    }
    Ok(())
}
