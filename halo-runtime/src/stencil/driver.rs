//! Applies a placed stencil: ghosts in flight while the core runs, then the shell; in the adjoint, then the fold.
//!
//! Core, shell: the owned points whose taps need no message, and the others. The driver owns what an application needs
//! besides its arguments, so that nothing is allocated after the first one.

use arrayvec::ArrayVec;

use crate::{
    error::Result,
    exchange::{Exchange, InFlight, PhysicalGhosts},
    field::Values,
    grid::{Grid, Region, Staggering, Wall},
    scalar::{Arithmetic, Element},
    stencil::{
        geometry::{Geometry, PassGeometry},
        row::MAX_FIELDS,
        sweep::{Rows, Source},
        tuning::Tuning,
        walk::{Walk, measure},
        wide_halo::WideHalo,
    },
};

/// A stencil's geometry on a grid with the messages and workspaces of both directions, for fields of `S`.
pub(crate) struct Driver<S: Element, const D: usize> {
    pub(super) grid: Grid<D>,
    pub(super) geometry: Geometry<D>,
    /// Of each input.
    pub(super) ghosts: Vec<PhysicalGhosts<D>>,
    /// Of each output, as the adjoint reads them; none where it reads no row beyond the ends.
    pub(super) zero_rows: Vec<PhysicalGhosts<D>>,
    pub(super) forward: Direction<S, D>,
    pub(super) adjoint: Direction<S, D>,
    pub(super) tuning: Tuning,
    /// What repeated applications keep from call to call.
    pub(super) workspaces: [Option<Values<S, D>>; 2],
    /// Of the adjoint and of the forward, repeated.
    pub(super) wide_halos: [Option<WideHalo<S, D>>; 2],
}

/// What one direction keeps between applications.
pub(super) struct Direction<S: Element, const D: usize> {
    /// One per field that is read.
    pub exchanges: Vec<Exchange<S, D>>,
    /// Stand-ins for fields whose margin is too narrow: those read, and those written.
    pub padded_sources: Vec<Option<Values<S, D>>>,
    pub padded_targets: Vec<Option<Values<S, D>>>,
    /// Storage distances of the taps for the layouts at hand.
    pub taps: Vec<isize>,
    pub coefficient_taps: Vec<isize>,
    /// Layers of ghosts of each target whose values are folded back.
    pub folded: Vec<[[usize; 2]; D]>,
    /// One row per target, for values at points that it does not have.
    pub nowhere: Vec<Vec<S>>,
}

/// What is applied: one direction of a stencil, with its coefficient fields.
pub(crate) struct Application<'a, S, const D: usize> {
    /// Whether it is y = A x, or else x = Aᵀ y.
    pub forward: bool,
    pub rows: &'a dyn Rows<S>,
    pub coefficients: &'a [Source<'a, u8, D>],
    /// For each output the input whose place it takes; nothing is read of what is given for that input. Empty where
    /// nothing is overwritten.
    pub overwritten: &'static [usize],
    /// Targets to whose values the new ones are added; nothing may be folded into them.
    pub added: &'a [usize],
    /// Values of the walls at the grid's ends; zero where none are given.
    pub walls: Option<&'a dyn Fn(Wall<D>) -> S>,
}

impl<S: Element, const D: usize> Driver<S, D> {
    /// Collective: builds the messages of both directions.
    pub(crate) fn new(grid: &Grid<D>, geometry: Geometry<D>) -> Result<Self> {
        let ghosts = geometry.ghosts(grid)?;
        let none = vec![[[0; 2]; D]; geometry.forward.targets.len()];
        let folded: Vec<_> = ghosts.iter().map(PhysicalGhosts::folded).collect();
        Ok(Driver {
            forward: Direction::new(grid, &geometry.forward, none)?,
            adjoint: Direction::new(grid, &geometry.adjoint, folded)?,
            ghosts,
            zero_rows: geometry.zero_rows(grid)?,
            grid: grid.clone(),
            geometry,
            tuning: Tuning::new(grid.comm())?,
            workspaces: [None, None],
            wide_halos: [None, None],
        })
    }

    /// How it computes, never what.
    pub(crate) fn tuning(&mut self) -> &mut Tuning {
        &mut self.tuning
    }

    /// Whether the adjoint gathers for ghosts beyond the ends of the grid, which are folded back.
    pub(crate) fn folds(&self) -> bool {
        let mut folded = self.adjoint.folded.iter().flatten();
        folded.any(|layers| *layers != [0, 0])
    }

    /// The exchanges of the forward and of the adjoint, one per field read.
    pub(crate) fn exchanges(&self) -> [&[Exchange<S, D>]; 2] {
        [&self.forward.exchanges, &self.adjoint.exchanges]
    }

    /// Applies one direction of the stencil. Collective.
    pub(crate) fn apply(
        &mut self,
        application: &Application<'_, S, D>,
        inputs: &[&Values<S, D>],
        outputs: &mut [&mut Values<S, D>],
    ) -> Result
    where
        S: Arithmetic,
    {
        let forward = application.forward;
        let direction = if forward {
            &mut self.forward
        } else {
            &mut self.adjoint
        };
        let Direction {
            exchanges,
            padded_sources,
            padded_targets,
            taps,
            coefficient_taps,
            folded,
            nowhere,
        } = direction;
        let (grid, geometry) = (&self.grid, &self.geometry);
        let (ghosts, zero_rows) = (&self.ghosts, &self.zero_rows);
        let pass = geometry.pass(forward);

        let sources = widened(inputs, padded_sources, &pass.margins)?;
        measure(taps, &pass.taps, |k| sources[k].layout());
        measure(coefficient_taps, &pass.coefficients, |k| {
            &application.coefficients[k].layout
        });
        // What reaches a ghost beyond the grid's end is gathered there too, then folded back.
        let mut targets = ArrayVec::<&mut Values<S, D>, MAX_FIELDS>::new();
        let padded = padded_targets.iter_mut();
        for ((output, padded), folded) in outputs.iter_mut().zip(padded).zip(&*folded) {
            targets.push(match output.layout().has_margin(*folded) {
                true => output,
                false => padded
                    .get_or_insert_with(|| Values::with_margin(grid, output.staggering(), *folded)),
            });
        }
        let own = targets.iter().map(|target| target.layout().owned_region());
        let owned = own
            .clone()
            .fold(Region::of_extent([0; D]), |all, own| all.around(&own));
        let gathered = own.zip(&*folded).map(|(own, folded)| own.grow(*folded));
        let gathered: ArrayVec<Region<D>, MAX_FIELDS> = gathered.collect();
        let read = sources.iter().map(|field| field.layout().len());
        let written = targets.iter().map(|target| target.layout().len());
        let coefficients = application
            .coefficients
            .iter()
            .map(|field| field.cells.len());
        let bytes =
            read.chain(written).sum::<usize>() * size_of::<S>() + coefficients.sum::<usize>();
        let walk = Walk {
            application,
            grid,
            geometry,
            pass,
            points: &gathered,
            sources: &sources,
            taps,
            coefficient_taps,
            tuning: &self.tuning,
            far: bytes > self.tuning.cache,
            folds: folded.iter().flatten().any(|layers| *layers != [0, 0]),
        };
        let mut run = |region: Region<D>| walk.run(region, &mut targets, nowhere);

        // Rows beyond the grid's end are left out of the adjoint, or zero.
        let read = |input: &usize| !application.overwritten.contains(input);
        let fill = || {
            if forward {
                for input in (0..sources.len()).filter(read) {
                    match application.walls {
                        None => ghosts[input].fill_values(sources[input]),
                        Some(value) => {
                            ghosts[input].fill_walls(sources[input], |axis, side, index| {
                                value(Wall {
                                    input,
                                    axis,
                                    side,
                                    index,
                                })
                            })
                        }
                    }
                }
            } else {
                let rows = zero_rows.iter().zip(&sources);
                rows.for_each(|(ghosts, rows)| ghosts.fill_values(rows));
            }
        };
        fill();
        if exchanges.iter().all(|exchange| exchange.plan().is_empty()) {
            run(owned);
        } else {
            let mut flying = ArrayVec::<InFlight<'_, S, D>, MAX_FIELDS>::new();
            let exchanged = exchanges.iter_mut().zip(&sources).enumerate();
            for (_, (exchange, field)) in exchanged.filter(|(input, _)| read(input)) {
                flying.push(exchange.begin_values(field, application.rows.packer())?);
            }
            let core = match self.tuning.overlap {
                true => owned.shrink(geometry.seams(grid, pass)),
                false => owned.with_axis(0, 0, 0),
            };
            run(core);
            for flight in flying {
                flight.finish()?;
            }
            fill();
            around(core, owned, &mut run);
        }
        let everything = gathered.iter().fold(owned, |all, own| all.around(own));
        if everything != owned {
            around(owned, everything, &mut run);
        }
        if !forward {
            let inputs = targets.iter_mut().zip(ghosts);
            inputs.for_each(|(target, ghosts)| ghosts.fold_values(target));
        }
        drop(targets);
        let padded = padded_targets.iter().zip(&*folded);
        for (output, (padded, folded)) in outputs.iter_mut().zip(padded) {
            if let (false, Some(padded)) = (output.layout().has_margin(*folded), padded) {
                output.set_from(padded)?;
            }
        }
        Ok(())
    }
}

impl<S: Element, const D: usize> Direction<S, D> {
    fn new(grid: &Grid<D>, pass: &PassGeometry<D>, folded: Vec<[[usize; 2]; D]>) -> Result<Self> {
        let exchanges: Result<Vec<_>> = pass
            .sources
            .iter()
            .zip(&pass.footprints)
            .map(|(source, footprint)| Exchange::at(grid, *source, footprint))
            .collect();
        let exchanges = exchanges?;
        let row = |(target, folded): (&Staggering, &[[usize; 2]; D])| {
            grid.block_of(*target).grow(*folded).len(D - 1)
        };
        let longest = pass.targets.iter().zip(&folded).map(row).max().unwrap_or(0);
        Ok(Direction {
            padded_sources: exchanges.iter().map(|_| None).collect(),
            padded_targets: folded.iter().map(|_| None).collect(),
            exchanges,
            taps: vec![0; pass.taps.len()],
            coefficient_taps: vec![0; pass.coefficients.len()],
            nowhere: vec![vec![S::zeroed(); longest]; folded.len()],
            folded,
        })
    }
}

/// The fields themselves, or copies with the margin needed where theirs is too narrow.
fn widened<'a, S: Element, const D: usize>(
    fields: &[&'a Values<S, D>],
    padded: &'a mut [Option<Values<S, D>>],
    margins: &[[[usize; 2]; D]],
) -> Result<ArrayVec<&'a Values<S, D>, MAX_FIELDS>> {
    let mut wide = ArrayVec::new();
    for ((field, padded), margin) in fields.iter().zip(padded).zip(margins) {
        wide.push(if field.layout().has_margin(*margin) {
            *field
        } else {
            let copy = padded.get_or_insert_with(|| {
                Values::with_margin(field.grid(), field.staggering(), *margin)
            });
            copy.set_from(field)?;
            copy
        });
    }
    Ok(wide)
}

/// The cells of `outer` around `inner` as disjoint slabs, at most two an axis.
fn around<const D: usize>(inner: Region<D>, outer: Region<D>, mut slab: impl FnMut(Region<D>)) {
    if inner.is_empty() {
        return slab(outer);
    }
    let mut rest = outer;
    for axis in 0..D {
        slab(rest.with_axis(axis, rest.start[axis], inner.start[axis]));
        slab(rest.with_axis(axis, inner.end[axis], rest.end[axis]));
        rest = rest.with_axis(axis, inner.start[axis], inner.end[axis]);
    }
}
