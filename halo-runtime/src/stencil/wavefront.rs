//! A repeated stencil: several steps in one pass over memory, where the fields are larger than the cache.
//!
//! Two fields take turns: every step reads the one and replaces the values of two steps before in the other. The tiles of a
//! [`Tiling`] say in which order that may be done.

use arrayvec::ArrayVec;

use crate::{
    error::Result,
    exchange::PhysicalGhosts,
    field::Values,
    scalar::{Arithmetic, Element},
    stencil::{
        driver::{Application, Driver},
        sweep::MAX_FIELDS,
        tiling::{Demand, Tiling},
        tuning::Tuning,
        walk::{Walk, measure},
    },
};

impl<S: Element, const D: usize> Driver<S, D> {
    /// y = Aⁿ x, or Aᵀⁿ x, for a stencil with one input and one output at one location. Collective.
    pub(crate) fn repeat(
        &mut self,
        times: usize,
        application: &Application<'_, S, D>,
        x: &Values<S, D>,
        y: &mut Values<S, D>,
    ) -> Result
    where
        S: Arithmetic,
    {
        if times == 0 {
            return y.set_from(x);
        }
        let mut other = self.workspaces[0].take();
        let between = other.get_or_insert_with(|| {
            Values::with_margin(&self.grid, y.staggering(), self.geometry.margin())
        });
        let turns = match times % 2 {
            0 => [y, between],
            _ => [between, y],
        };
        let outcome = self.steps(times, application, Some(x), turns);
        self.workspaces[0] = other;
        outcome
    }

    /// So many steps in place, the two fields taking turns: the first reads `turns[0]` and replaces `turns[1]`. Collective.
    pub(crate) fn repeat_in_place(
        &mut self,
        times: usize,
        application: &Application<'_, S, D>,
        turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        self.steps(times, application, None, turns)
    }

    /// Step k, from 1 on, reads `turns[(k - 1) % 2]` and writes `turns[k % 2]`; the first reads `start` if there is one.
    fn steps(
        &mut self,
        times: usize,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        mut turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let demand = self.demand(times, application);
        let depth = match self.can_be_tiled(application, start, &turns) {
            true => demand.steps_per_pass(),
            false => 1,
        };
        let mut first = 1;
        while first <= times {
            let steps = depth.min(times + 1 - first);
            let start = start.filter(|_| first == 1);
            let turns = turns.each_mut().map(|field| &mut **field);
            if steps == 1 {
                self.step(first, application, start, turns)?;
            } else {
                self.pass(first, &demand.tiling(steps), application, start, turns)?;
            }
            first += steps;
        }
        Ok(())
    }

    /// One step on its own.
    fn step(
        &mut self,
        number: usize,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let inputs = self.geometry.pass(application.forward).sources.len();
        let (source, target) = in_turn(number, turns);
        let source = start.unwrap_or(source);
        let sources: ArrayVec<_, MAX_FIELDS> = (0..inputs).map(|_| source).collect();
        self.apply(application, &sources, &mut [target])
    }

    /// The steps from number `first` on of one pass over memory.
    fn pass(
        &mut self,
        first: usize,
        tiling: &Tiling<D>,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let ghosts = match application.forward {
            true => Some(&self.ghosts[kept(application)]),
            false => self.zero_rows.first(),
        };
        let pass = self.geometry.pass(application.forward);
        let direction = match application.forward {
            true => &mut self.forward,
            false => &mut self.adjoint,
        };
        // What a step stores is read by the next one.
        let tuning = Tuning {
            store_past_caches: false,
            ..self.tuning
        };
        // Ghosts that are zero stay so.
        let [even, odd] = turns;
        let zero = ghosts.is_none_or(PhysicalGhosts::is_zero);
        if let Some(ghosts) = ghosts {
            let (source, target) = in_turn(first, [&mut *even, &mut *odd]);
            ghosts.fill_values(start.unwrap_or(source));
            if zero {
                ghosts.fill_values(source);
                ghosts.fill_values(target);
            }
        }
        tiling.for_each(pass.margins[kept(application)], |step, points, window| {
            let (source, target) = in_turn(first + step - 1, [&mut *even, &mut *odd]);
            let source = start.filter(|_| step == 1).unwrap_or(source);
            let sources: ArrayVec<_, MAX_FIELDS> = pass.sources.iter().map(|_| source).collect();
            measure(&mut direction.taps, &pass.taps, |_| source.layout());
            measure(&mut direction.coefficient_taps, &pass.coefficients, |k| {
                &application.coefficients[k].layout
            });
            let walk = Walk {
                application,
                grid: &self.grid,
                geometry: &self.geometry,
                pass,
                points: &[tiling.step(step)],
                sources: &sources,
                taps: &direction.taps,
                coefficient_taps: &direction.coefficient_taps,
                tuning: &tuning,
                far: true,
                folds: false,
            };
            walk.run(points, &mut [&mut *target], &mut direction.nowhere);
            match ghosts {
                Some(ghosts) if !zero && step < tiling.steps => ghosts.fill_within(target, &window),
                _ => {}
            }
            Ok(())
        })
    }

    /// Whether steps may be taken tile by tile: nothing is fetched or folded between them.
    fn can_be_tiled(
        &self,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        turns: &[&mut Values<S, D>; 2],
    ) -> bool {
        let (pass, direction) = match application.forward {
            true => (&self.geometry.forward, &self.forward),
            false => (&self.geometry.adjoint, &self.adjoint),
        };
        let margin = pass.margins[kept(application)];
        let fits = |field: &Values<S, D>| field.layout().has_margin(margin);
        direction
            .exchanges
            .iter()
            .all(|exchange| exchange.plan().is_empty())
            && direction
                .folded
                .iter()
                .flatten()
                .all(|layers| *layers == [0, 0])
            && start.is_none_or(fits)
            && turns.iter().all(|field| fits(field))
    }

    fn demand(&self, times: usize, application: &Application<'_, S, D>) -> Demand<D> {
        let pass = self.geometry.pass(application.forward);
        let extent = self.grid.block_of(pass.targets[0]).shape();
        let points: usize = extent.iter().product();
        let passive: usize = application
            .coefficients
            .iter()
            .map(|field| field.cells.len())
            .sum();
        Demand {
            extent,
            skew: pass.margins[kept(application)].map(|[low, high]| low.max(high)),
            seams: [[0; 2]; D],
            steps: times,
            changing: 2 * size_of::<S>(),
            passive: passive.div_ceil(points),
            cache: self.tuning.cache,
            threads: self.tuning.threads,
            wished: self.tuning.steps_per_pass,
        }
    }
}

/// The field that a step reads, and the one that it writes.
fn in_turn<'a, S: Element, const D: usize>(
    number: usize,
    [even, odd]: [&'a mut Values<S, D>; 2],
) -> (&'a Values<S, D>, &'a mut Values<S, D>) {
    match number % 2 {
        1 => (even, odd),
        _ => (odd, even),
    }
}

/// The one input that is not overwritten.
fn kept<S, const D: usize>(application: &Application<'_, S, D>) -> usize {
    let mut inputs = 0..;
    inputs
        .find(|input| !application.overwritten.contains(input))
        .unwrap_or(0)
}
