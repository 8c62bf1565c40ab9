//! The coefficient fields that an operator holds, each with elements of its own type: value, messages and ghosts behind
//! one trait object, so that neither the driver nor the walk is compiled once per type.

use std::any::Any;

use arrayvec::ArrayVec;

use crate::{
    error::{Error, Result},
    exchange::{Exchange, Footprint, PhysicalGhosts, Slab},
    field::Field,
    grid::{Grid, Location},
    scalar::{Element, Weigh},
    stencil::{
        Coefficient, CoefficientGeometry, CoefficientVisitor, Filter, FilterBank, Geometry,
        MAX_FIELDS, PlaceId, Source, Stencil,
    },
};

/// The coefficients of one operator, in the kernel's order.
pub(crate) struct Coefficients<const D: usize> {
    held: Vec<Box<dyn Held<D>>>,
}

impl<const D: usize> Coefficients<D> {
    /// Collective: opens the messages of every coefficient, then takes the values of the kernel.
    pub(crate) fn new<K: Stencil>(
        kernel: &mut K,
        grid: &Grid<D>,
        geometry: &Geometry<D>,
    ) -> Result<Self> {
        let mut coefficients = Coefficients { held: Vec::new() };
        coefficients.visit(kernel, grid, geometry, Stage::Open)?;
        coefficients.replace(kernel, grid, geometry)?;
        Ok(coefficients)
    }

    /// Collective: moves new values in and fetches their ghosts; if one does not fit on some rank, none is replaced on
    /// any.
    pub(crate) fn replace<K: Stencil>(
        &mut self,
        kernel: &mut K,
        grid: &Grid<D>,
        geometry: &Geometry<D>,
    ) -> Result {
        let axes = geometry.placing.axes().iter();
        let extents: ArrayVec<usize, D> = axes.map(|axis| grid.extent()[*axis]).collect();
        kernel.coefficients(&mut Settle { extents: &extents });
        if K::FACTS.coefficients.is_empty() {
            return Ok(());
        }
        let fit = self.visit(kernel, grid, geometry, Stage::Check);
        if let Err(error) = grid.comm().agree(fit) {
            self.visit(kernel, grid, geometry, Stage::Discard)?;
            return Err(error);
        }
        self.visit(kernel, grid, geometry, Stage::Take)
    }

    /// What the rows read.
    pub(crate) fn sources(&mut self) -> ArrayVec<Source<'_, u8, D>, MAX_FIELDS> {
        self.held.iter_mut().map(|held| held.source()).collect()
    }

    /// Bytes of all of them on this rank.
    pub(crate) fn bytes(&mut self) -> usize {
        self.sources().iter().map(|source| source.cells.len()).sum()
    }

    /// Collective: fetches ghosts for rows so much further out than the block's, unless they are there.
    pub(crate) fn widen(&mut self, geometry: &Geometry<D>, growth: [[usize; 2]; D]) -> Result {
        let held = self.held.iter_mut().zip(&geometry.coefficients);
        held.into_iter()
            .try_for_each(|(held, geometry)| held.widen(geometry, growth))
    }

    fn visit<K: Stencil>(
        &mut self,
        kernel: &mut K,
        grid: &Grid<D>,
        geometry: &Geometry<D>,
        stage: Stage,
    ) -> Result {
        let mut visit = Visit {
            held: &mut self.held,
            names: K::FACTS.coefficients,
            grid,
            geometry,
            stage,
            number: 0,
            outcome: Ok(()),
        };
        kernel.coefficients(&mut visit);
        visit.outcome
    }
}

/// Prepares banks of filters for a grid that has these extents along the stencil axes.
struct Settle<'a> {
    extents: &'a [usize],
}

impl CoefficientVisitor for Settle<'_> {
    fn visit<T: Weigh, L: Location>(&mut self, _: &mut Coefficient<T, L>) {}

    fn bank<F: Filter, const N: usize>(&mut self, bank: &mut FilterBank<F, N>) {
        bank.settle(std::array::from_fn(|axis| {
            self.extents.get(axis).copied().unwrap_or(0)
        }));
    }
}

/// A coefficient as the driver sees it, whatever its elements are.
trait Held<const D: usize>: Any {
    fn source(&mut self) -> Source<'_, u8, D>;

    /// Fetches ghosts for rows so much further out.
    fn widen(&mut self, geometry: &CoefficientGeometry<D>, growth: [[usize; 2]; D]) -> Result;
}

/// A coefficient whose elements are known.
struct Placed<T: Element, const D: usize, L: Location> {
    /// What tells the coefficients of this operator from those of others.
    id: PlaceId,
    field: Field<T, D, L>,
    /// Whether `field` is a value yet.
    taken: bool,
    /// How much further out than the block's there are ghosts for rows.
    growth: [[usize; 2]; D],
    /// The ghosts that other ranks own, and those beyond the ends of the grid.
    exchange: Exchange<T, D>,
    ghosts: PhysicalGhosts<D>,
}

impl<T: Weigh, const D: usize, L: Location> Held<D> for Placed<T, D, L> {
    fn source(&mut self) -> Source<'_, u8, D> {
        let layout = *self.field.layout();
        Source {
            cells: bytemuck::cast_slice(self.field.values_mut().cells_mut()),
            layout,
        }
    }

    fn widen(&mut self, geometry: &CoefficientGeometry<D>, growth: [[usize; 2]; D]) -> Result {
        let sides = growth.as_flattened().iter().zip(self.growth.as_flattened());
        if sides.into_iter().all(|(wanted, there)| wanted <= there) {
            return Ok(());
        }
        let grown = |reach: [[usize; 2]; D]| -> [[usize; 2]; D] {
            std::array::from_fn(|axis| {
                [0, 1].map(|side: usize| reach[axis][side] + growth[axis][side])
            })
        };
        let grid = self.field.grid();
        let frame = Footprint::frame(grown(geometry.reach.sides));
        let mut wider = Field::with_margin(grid, grown(geometry.reach.widest()));
        wider.set_from(&self.field)?;
        Exchange::at(grid, geometry.staggering, &frame)?
            .begin(&wider, Slab::pack_any)?
            .finish()?;
        self.ghosts.grown(growth).fill(&wider);
        self.field = wider;
        self.growth = growth;
        Ok(())
    }
}

/// What is done with the kernel's coefficients, one after the other.
#[derive(Clone, Copy)]
enum Stage {
    /// Makes room for a value, with messages for its ghosts.
    Open,
    /// Whether the kernel's value fits.
    Check,
    /// Forgets a value that did not fit.
    Discard,
    /// Moves the kernel's value in.
    Take,
}

struct Visit<'a, const D: usize> {
    held: &'a mut Vec<Box<dyn Held<D>>>,
    names: &'static [&'static str],
    grid: &'a Grid<D>,
    geometry: &'a Geometry<D>,
    stage: Stage,
    number: usize,
    outcome: Result,
}

impl<const D: usize> CoefficientVisitor for Visit<'_, D> {
    fn visit<T: Weigh, L: Location>(&mut self, coefficient: &mut Coefficient<T, L>) {
        if self.outcome.is_ok() {
            self.outcome = self.next(coefficient);
        }
        self.number += 1;
    }
}

impl<const D: usize> Visit<'_, D> {
    fn next<T: Weigh, L: Location>(&mut self, coefficient: &mut Coefficient<T, L>) -> Result {
        let (name, grid) = (self.names[self.number], self.grid);
        let geometry = &self.geometry.coefficients[self.number];
        if let Stage::Open = self.stage {
            let points = grid.decomposition().at(geometry.staggering);
            let walls = self.geometry.coefficient_boundaries(self.number);
            let ghosts = PhysicalGhosts::to_fill(&points, grid.rank(), walls, geometry.reach);
            self.held.push(Box::new(Placed::<T, D, L> {
                id: PlaceId::new(),
                field: Field::with_margin(grid, [[0; 2]; D]),
                taken: false,
                growth: [[0; 2]; D],
                ghosts: ghosts.map_err(|error| of_coefficient(error, name))?,
                exchange: Exchange::at(grid, geometry.staggering, &geometry.footprint)?,
            }));
            return Ok(());
        }
        let held: &mut dyn Any = &mut *self.held[self.number];
        let Some(placed) = held.downcast_mut::<Placed<T, D, L>>() else {
            return Err(Error::Invalid(format!(
                "the coefficient `{name}` changed its type"
            )));
        };
        match self.stage {
            Stage::Open => {}
            Stage::Check => coefficient.check(name, grid, placed.taken.then_some(placed.id))?,
            Stage::Discard => coefficient.discard(placed.id),
            Stage::Take => {
                if let Some(field) = coefficient.take(grid, geometry.reach.widest(), placed.id)? {
                    placed.exchange.begin(&field, Slab::pack_any)?.finish()?;
                    placed.ghosts.fill(&field);
                    placed.field = field;
                    placed.taken = true;
                    placed.growth = [[0; 2]; D];
                }
            }
        }
        Ok(())
    }
}

/// The same error, naming the coefficient whose boundary kind it is about.
fn of_coefficient(error: Error, name: &str) -> Error {
    let named = |boundary: String| {
        format!("{boundary} of the coefficient `{name}` (`coefficient_boundary` chooses another)")
    };
    match error {
        Error::ThinBlock {
            axis,
            rank,
            extent,
            needed,
            boundary,
        } => Error::ThinBlock {
            axis,
            rank,
            extent,
            needed,
            boundary: named(boundary),
        },
        Error::AxisTooShort {
            axis,
            extent,
            needed,
            boundary,
        } => Error::AxisTooShort {
            axis,
            extent,
            needed,
            boundary: named(boundary),
        },
        other => other,
    }
}
