//! A repeated stencil: several steps in one pass over memory, where the fields are larger than the cache.
//!
//! Two fields take turns: every step reads the one and replaces the values of two steps before in the other. The tiles of a
//! [`Tiling`] say in which order that may be done, a [`WideHalo`] what is fetched before.

use arrayvec::ArrayVec;

use crate::{
    error::Result,
    exchange::{PhysicalGhosts, Slab},
    field::Values,
    scalar::{Arithmetic, Element},
    stencil::{
        driver::{Application, Direction, Driver},
        row::MAX_FIELDS,
        tiling::{Demand, Tiling},
        tuning::Tuning,
        walk::{Walk, measure},
        wide_halo::{WideHalo, most_steps, seams},
    },
};

/// A stencil with one input that is kept and one output, both at one location, applied again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repetition {
    pub forward: bool,
    pub times: usize,
    /// For each output the input whose place it takes; empty where nothing is overwritten.
    pub overwritten: &'static [usize],
    /// Bytes of the coefficient fields.
    pub coefficients: usize,
}

impl Repetition {
    /// The input that is not overwritten.
    fn kept(&self) -> usize {
        usize::from(self.overwritten == [0])
    }
}

impl<S: Element, const D: usize> Driver<S, D> {
    /// How many steps a pass takes, the same on every rank; how much further out than the block the rows of its first step
    /// lie. Collective.
    pub(crate) fn prepare(&mut self, repetition: &Repetition) -> Result<(usize, [[usize; 2]; D])> {
        let Repetition { forward, times, .. } = *repetition;
        if times < 2 || (!forward && self.geometry.folds(&self.grid)) {
            return Ok((1, [[0; 2]; D]));
        }
        let (pass, ghosts) = match forward {
            true => (&self.geometry.forward, self.ghosts.get(repetition.kept())),
            false => (&self.geometry.adjoint, self.zero_rows.first()),
        };
        let reach = pass.margins[repetition.kept()];
        let comm = self.grid.comm();
        let mut steps = self.demand(repetition).steps_per_pass();
        if comm.size() > 1 {
            let everyone = comm.all_gather(&(steps as u64).to_ne_bytes())?;
            let each = everyone
                .iter()
                .filter_map(|bytes| bytes.as_slice().try_into().ok());
            steps = each
                .map(|bytes| u64::from_ne_bytes(bytes) as usize)
                .min()
                .unwrap_or(1);
        }
        if steps == 1 {
            return Ok((1, [[0; 2]; D]));
        }
        let wide = &mut self.wide_halos[usize::from(forward)];
        let wide = match wide.take().filter(|wide| wide.steps == steps) {
            Some(there) => wide.insert(there),
            None => wide.insert(WideHalo::new(&self.grid, pass, reach, ghosts, steps)?),
        };
        Ok((steps, wide.growth))
    }

    /// y = Aⁿ x, or Aᵀⁿ x, so many steps a pass as were prepared. Collective.
    pub(crate) fn repeat(
        &mut self,
        repetition: &Repetition,
        depth: usize,
        application: &Application<'_, S, D>,
        x: &Values<S, D>,
        y: &mut Values<S, D>,
    ) -> Result
    where
        S: Arithmetic,
    {
        let times = repetition.times;
        if times == 0 {
            return y.set_from(x);
        }
        let margin = self.margin(repetition, depth);
        let start = Some(x).filter(|x| x.layout().has_margin(margin));
        let direct = y.layout().has_margin(margin);
        let mut workspaces = std::mem::take(&mut self.workspaces);
        let [one, other] = &mut workspaces;
        let one = self.workspace(one, margin, y);
        let outcome = if direct {
            let turns = match times % 2 {
                0 => [y, one],
                _ => [one, y],
            };
            begin(turns[0], x, start)
                .and_then(|()| self.steps(repetition, depth, application, start, turns))
        } else {
            let mut turns = [one, self.workspace(other, margin, y)];
            begin(turns[0], x, start)
                .and_then(|()| {
                    let turns = turns.each_mut().map(|field| &mut **field);
                    self.steps(repetition, depth, application, start, turns)
                })
                .and_then(|()| y.set_from(turns[times % 2]))
        };
        self.workspaces = workspaces;
        outcome
    }

    /// Steps in place, so many a pass as were prepared, the two fields taking turns: the first reads `turns[0]` and replaces
    /// `turns[1]`. Collective.
    pub(crate) fn repeat_in_place(
        &mut self,
        repetition: &Repetition,
        depth: usize,
        application: &Application<'_, S, D>,
        turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let margin = self.margin(repetition, depth);
        if turns.iter().all(|field| field.layout().has_margin(margin)) {
            return self.steps(repetition, depth, application, None, turns);
        }
        let mut workspaces = std::mem::take(&mut self.workspaces);
        let [one, other] = &mut workspaces;
        let one = self.workspace(one, margin, turns[0]);
        let mut wide = [one, self.workspace(other, margin, turns[1])];
        let outcome = (|| {
            for (wide, field) in wide.iter_mut().zip(&turns) {
                wide.set_from(field)?;
            }
            let there = wide.each_mut().map(|field| &mut **field);
            self.steps(repetition, depth, application, None, there)?;
            let mut back = turns.into_iter().zip(&wide);
            back.try_for_each(|(field, wide)| field.set_from(wide))
        })();
        self.workspaces = workspaces;
        outcome
    }

    /// Step k, from 1 on, reads `turns[(k - 1) % 2]` and writes `turns[k % 2]`; the first reads `start` if there is one.
    fn steps(
        &mut self,
        repetition: &Repetition,
        depth: usize,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        mut turns: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let demand = self.demand(repetition);
        let mut first = 1;
        while first <= repetition.times {
            let steps = depth.min(repetition.times + 1 - first);
            let start = start.filter(|_| first == 1);
            let turns = turns.each_mut().map(|field| &mut **field);
            match self.wide_halos[usize::from(repetition.forward)].take() {
                Some(mut wide) if steps > 1 => {
                    let tiling = demand.tiling(steps);
                    let outcome = self.pass(first, &tiling, &mut wide, application, start, turns);
                    self.wide_halos[usize::from(repetition.forward)] = Some(wide);
                    outcome?;
                }
                wide => {
                    self.wide_halos[usize::from(repetition.forward)] = wide;
                    self.step(first, application, start, turns)?;
                }
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
        wide: &mut WideHalo<S, D>,
        application: &Application<'_, S, D>,
        start: Option<&Values<S, D>>,
        [even, odd]: [&mut Values<S, D>; 2],
    ) -> Result
    where
        S: Arithmetic,
    {
        let WideHalo {
            exchange,
            ghosts,
            pass,
            margin,
            ..
        } = wide;
        let (source, target) = in_turn(first, [&mut *even, &mut *odd]);
        let source = start.unwrap_or(source);
        exchange.begin_values(source, Slab::pack_any)?.finish()?;
        if !application.overwritten.is_empty() {
            exchange.begin_values(target, Slab::pack_any)?.finish()?;
        }
        let zero = ghosts.as_ref().is_none_or(PhysicalGhosts::is_zero);
        if let Some(ghosts) = ghosts {
            ghosts.fill_values(source);
            // Ghosts that are zero stay so.
            if zero {
                ghosts.fill_values(even);
                ghosts.fill_values(odd);
            }
        }
        let Direction {
            taps,
            coefficient_taps,
            nowhere,
            ..
        } = match application.forward {
            true => &mut self.forward,
            false => &mut self.adjoint,
        };
        // What a step stores is read by the next one.
        let tuning = Tuning {
            store_past_caches: false,
            ..self.tuning
        };
        tiling.for_each(*margin, |step, points, window| {
            let (source, target) = in_turn(first + step - 1, [&mut *even, &mut *odd]);
            let source = start.filter(|_| step == 1).unwrap_or(source);
            let sources: ArrayVec<_, MAX_FIELDS> = pass.sources.iter().map(|_| source).collect();
            measure(taps, &pass.taps, |_| source.layout());
            measure(coefficient_taps, &pass.coefficients, |k| {
                &application.coefficients[k].layout
            });
            let walk = Walk {
                application,
                grid: &self.grid,
                geometry: &self.geometry,
                pass,
                points: &[tiling.step(step)],
                sources: &sources,
                taps,
                coefficient_taps,
                tuning: &tuning,
                // The later steps read what the first has brought.
                far: step == 1,
                folds: false,
            };
            walk.run(points, &mut [&mut *target], nowhere);
            match ghosts {
                Some(ghosts) if !zero && step < tiling.steps => ghosts.fill_within(target, &window),
                _ => {}
            }
        });
        Ok(())
    }

    /// Ghosts that the fields of a repetition need room for; single steps make do with any.
    fn margin(&self, repetition: &Repetition, depth: usize) -> [[usize; 2]; D] {
        match &self.wide_halos[usize::from(repetition.forward)] {
            Some(wide) if depth > 1 => wide.margin,
            _ => [[0; 2]; D],
        }
    }

    /// A field like another, with at least such a margin.
    fn workspace<'a>(
        &self,
        slot: &'a mut Option<Values<S, D>>,
        margin: [[usize; 2]; D],
        like: &Values<S, D>,
    ) -> &'a mut Values<S, D> {
        let usual = self.geometry.margin();
        let margin = std::array::from_fn(|axis| {
            [0, 1].map(|side: usize| margin[axis][side].max(usual[axis][side]))
        });
        if slot
            .as_ref()
            .is_some_and(|there| !there.layout().has_margin(margin))
        {
            *slot = None;
        }
        slot.get_or_insert_with(|| Values::with_margin(&self.grid, like.staggering(), margin))
    }

    fn demand(&self, repetition: &Repetition) -> Demand<D> {
        let pass = self.geometry.pass(repetition.forward);
        let reach = pass.margins[repetition.kept()];
        let block = self.grid.block_of(pass.targets[0]);
        let points = self.grid.decomposition().at(pass.targets[0]);
        Demand {
            extent: block.shape(),
            skew: reach.map(|[low, high]| low.max(high)),
            seams: seams(&self.geometry, &self.grid, reach),
            steps: repetition.times,
            most: most_steps(&points, reach),
            changing: 2 * size_of::<S>(),
            passive: repetition.coefficients.div_ceil(block.count()),
            cache: self.tuning.cache,
            threads: self.tuning.threads,
            wished: self.tuning.steps_per_pass,
        }
    }
}

/// Copies x to where the first step reads it, unless that step starts from x itself.
fn begin<S: Element, const D: usize>(
    first: &mut Values<S, D>,
    x: &Values<S, D>,
    start: Option<&Values<S, D>>,
) -> Result {
    match start {
        Some(_) => Ok(()),
        None => first.set_from(x),
    }
}

/// The field that a step reads, and the one that it writes.
fn in_turn<S: Element, const D: usize>(
    number: usize,
    [even, odd]: [&mut Values<S, D>; 2],
) -> (&Values<S, D>, &mut Values<S, D>) {
    match number % 2 {
        1 => (even, odd),
        _ => (odd, even),
    }
}
