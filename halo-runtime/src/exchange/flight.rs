//! The exchange itself: begin, compute what needs no ghost, finish.
//!
//! What is in flight owns its buffers: owned cells are packed when it begins, ghosts are written when it finishes, and
//! in between the field may be read freely. Nothing is allocated after the exchange is built.

use std::marker::PhantomData;

use super::footprint::Footprint;
use super::plan::{Message, Plan};
use super::slab::{PackFn, Slab};
use crate::comm::{Channel, Route, Routes};
use crate::error::{Error, Result};
use crate::field::{Field, Values};
use crate::grid::{Grid, Location, Staggering};
use crate::scalar::Element;

/// A halo exchange, built once for a grid, a location and a footprint and used for any number of fields one after the
/// other.
///
/// One message per piece of the [`Plan`], packed from owned cells and unpacked into the margin; no allocation.
///
/// ```
/// use halo::Grid;
/// use halo::exchange::{Exchange, Footprint, Slab};
///
/// halo::launch_on(4, |comm| {
///     let grid = Grid::builder(comm, [100, 100]).margin([[1, 1], [1, 1]]).build()?;
///     let star = Footprint::new([[-1, 0], [1, 0], [0, -1], [0, 1]]);
///     let mut exchange = Exchange::new(&grid, &star)?;
///     assert_eq!((exchange.messages(), exchange.bytes()), (2, 2 * 50 * 8));
///
///     let x = grid.field(|[i, j]| (i * j) as f64);
///     let flight = exchange.begin(&x, Slab::pack_any)?;
///     // ... compute what needs no ghost ...
///     flight.finish()
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Exchange<S: Element, const D: usize> {
    grid: Grid<D>,
    staggering: Staggering,
    plan: Plan<D>,
    reach: [[usize; 2]; D],
    channel: Box<dyn Channel>,
    /// Receives that have arrived while the core was computed and wait to be unpacked.
    arrived: Vec<usize>,
    /// Whether messages of the last exchange may not have been taken yet.
    open: bool,
    element: PhantomData<fn(S) -> S>,
}

impl<S: Element, const D: usize> Exchange<S, D> {
    /// Collective: plans the exchange of fields of cells and opens its messages.
    ///
    /// # Errors
    /// [`Error::Communication`] where the backend cannot open the messages.
    pub fn new(grid: &Grid<D>, footprint: &Footprint<D>) -> Result<Self> {
        Exchange::at(grid, Staggering::CELL, footprint)
    }

    /// Collective: as [`new`](Exchange::new), for fields of another location.
    ///
    /// # Errors
    /// [`Error::Communication`] where the backend cannot open the messages.
    pub fn at(grid: &Grid<D>, staggering: Staggering, footprint: &Footprint<D>) -> Result<Self> {
        const {
            assert!(
                size_of::<S>() > 0 && align_of::<S>() <= 8,
                "messages are aligned to 8 bytes"
            );
        }
        let points = grid.decomposition().at(staggering);
        let plan = Plan::new(&points, grid.rank(), footprint);
        let channel = grid.comm().channel(&Routes {
            sends: plan.sends().iter().map(route::<S, D>).collect(),
            receives: plan.receives().iter().map(route::<S, D>).collect(),
        })?;
        Ok(Exchange {
            grid: grid.clone(),
            staggering,
            reach: footprint.reach(),
            channel,
            arrived: Vec::with_capacity(plan.receives().len()),
            open: false,
            element: PhantomData,
            plan,
        })
    }

    /// Who sends what to whom.
    pub fn plan(&self) -> &Plan<D> {
        &self.plan
    }

    /// Ghosts `[low, high]` per axis that a field's margin must have room for.
    pub fn reach(&self) -> [[usize; 2]; D] {
        self.reach
    }

    /// Messages that this rank sends in one exchange.
    pub fn messages(&self) -> usize {
        self.plan.sends().len()
    }

    /// Bytes that this rank sends in one exchange.
    pub fn bytes(&self) -> usize {
        self.plan.cells_sent() * size_of::<S>()
    }

    /// Packs and sends the cells that other ranks need; never waits for them.
    ///
    /// Every rank of the grid must begin the exchange. The margin of `field` is not touched before
    /// [`InFlight::finish`]. An exchange in flight that was dropped is first brought to its end.
    ///
    /// # Errors
    /// [`Error::GridMismatch`] for a field on another grid, [`Error::Invalid`] for one of another location or whose margin
    /// is too narrow, [`Error::Aborted`] where another rank failed.
    pub fn begin<'a, L: Location>(
        &'a mut self,
        field: &'a Field<S, D, L>,
        pack: PackFn<S>,
    ) -> Result<InFlight<'a, S, D>> {
        self.begin_values(field.values(), pack)
    }

    /// As [`begin`](Exchange::begin), whatever the location in the field's type.
    pub(crate) fn begin_values<'a>(
        &'a mut self,
        field: &'a Values<S, D>,
        pack: PackFn<S>,
    ) -> Result<InFlight<'a, S, D>> {
        self.grid
            .expect_same(field.grid(), "the field to exchange")?;
        if field.staggering() != self.staggering {
            return Err(Error::Invalid(format!(
                "the field lies at {}, the exchange was built for {}; build one for each location",
                field.staggering(),
                self.staggering
            )));
        }
        let layout = field.layout();
        if !layout.has_margin(self.reach) {
            return Err(Error::Invalid(format!(
                "the field has a margin of {:?} ghosts per axis, the exchange fills {:?}; \
                 make the field after the operator, or ask for `margin` when building the grid",
                layout.margin(),
                self.reach
            )));
        }
        self.drain()?;
        let cells = field.reading();
        for (k, message) in self.plan.sends().iter().enumerate() {
            let buffer = bytemuck::cast_slice_mut(self.channel.send_buffer(k));
            pack(&Slab::new(layout, &message.region), &cells, buffer);
        }
        drop(cells);
        self.channel.start()?;
        self.open = true;
        Ok(InFlight {
            exchange: self,
            field,
        })
    }

    /// Takes what is left of an exchange that was never finished.
    fn drain(&mut self) -> Result {
        self.arrived.clear();
        while self.open && self.channel.wait_any()?.is_some() {}
        self.open = false;
        Ok(())
    }
}

/// An exchange on its way: compute what needs no ghost, then [`finish`](InFlight::finish).
#[must_use = "the ghosts are filled when the exchange is finished"]
pub struct InFlight<'a, S: Element, const D: usize> {
    exchange: &'a mut Exchange<S, D>,
    field: &'a Values<S, D>,
}

impl<S: Element, const D: usize> InFlight<'_, S, D> {
    /// Lets messages proceed without waiting for any; worth a call now and then where a backend has no thread of its own.
    pub fn progress(&mut self) -> Result {
        while let Some(k) = self.exchange.channel.poll()? {
            self.exchange.arrived.push(k);
        }
        Ok(())
    }

    /// Waits for the messages and writes each into the margin of the field as it arrives.
    ///
    /// # Errors
    /// [`Error::Aborted`] where another rank failed.
    ///
    /// # Panics
    /// When cells of the field are still being read.
    pub fn finish(self) -> Result {
        let Exchange {
            plan,
            channel,
            arrived,
            open,
            ..
        } = self.exchange;
        let layout = self.field.layout();
        let ghosts = self.field.ghosts();
        for copy in plan.copies() {
            for (row, from) in ghosts.rows(&copy.to).zip(layout.rows(&copy.from)) {
                (0..row.len()).for_each(|k| row.set(k, ghosts.get(from.offset + k)));
            }
        }
        let unpack = |channel: &dyn Channel, k: usize| {
            let region = &plan.receives()[k].region;
            let cells: &[S] = bytemuck::cast_slice(channel.receive_buffer(k));
            for (row, cells) in ghosts.rows(region).zip(cells.chunks(region.len(D - 1))) {
                // Rows of a strided face are short: a call that copies each would cost more than its cells.
                match cells.len() {
                    0..=4 => cells
                        .iter()
                        .enumerate()
                        .for_each(|(k, &cell)| row.set(k, cell)),
                    _ => row.copy_from(cells),
                }
            }
        };
        for k in arrived.drain(..) {
            unpack(&**channel, k);
        }
        while let Some(k) = channel.wait_any()? {
            unpack(&**channel, k);
        }
        *open = false;
        Ok(())
    }
}

fn route<S, const D: usize>(message: &Message<D>) -> Route {
    Route {
        peer: message.peer,
        tag: message.tag,
        bytes: message.region.count() * size_of::<S>(),
    }
}

#[cfg(test)]
mod tests;
