//! The exchange backwards: what lies in ghosts goes to the ranks that own the cells, and is added there.
//!
//! The transpose of an [`Exchange`](super::Exchange): the same messages with their ends changed. A stencil's adjoint needs it
//! not, for it gathers; the adjoint of copying ghosts does.

use std::marker::PhantomData;

use super::footprint::Footprint;
use super::plan::{Message, Plan};
use super::slab::Slab;
use crate::comm::{Channel, Route, Routes};
use crate::error::Result;
use crate::field::Values;
use crate::grid::{Grid, Region, Staggering};
use crate::scalar::{Element, Weigh};

/// Messages that take ghosts home, built once. Nothing is allocated after that.
pub(crate) struct GhostReturn<S: Element, const D: usize> {
    plan: Plan<D>,
    channel: Box<dyn Channel>,
    element: PhantomData<fn(S) -> S>,
}

impl<S: Weigh, const D: usize> GhostReturn<S, D> {
    /// Collective: plans the return of the ghosts that an exchange of this footprint fills.
    pub(crate) fn new(
        grid: &Grid<D>,
        staggering: Staggering,
        footprint: &Footprint<D>,
    ) -> Result<Self> {
        let points = grid.decomposition().at(staggering);
        let plan = Plan::new(&points, grid.rank(), footprint);
        let channel = grid.comm().channel(&Routes {
            sends: plan.receives().iter().map(route::<S, D>).collect(),
            receives: plan.sends().iter().map(route::<S, D>).collect(),
        })?;
        Ok(GhostReturn {
            plan,
            channel,
            element: PhantomData,
        })
    }

    /// Adds every ghost to the cell it is a copy of. Collective.
    ///
    /// To each cell, first those of this block are added, then those of other ranks in the order of the plan, whenever
    /// they arrive: the order is the same in every run on the same blocks.
    pub(crate) fn add(&mut self, field: &mut Values<S, D>) -> Result {
        let layout = *field.layout();
        let GhostReturn { plan, channel, .. } = self;
        {
            let cells = field.reading();
            for (k, message) in plan.receives().iter().enumerate() {
                let buffer = bytemuck::cast_slice_mut(channel.send_buffer(k));
                Slab::new(&layout, &message.region).pack_any(&cells, buffer);
            }
        }
        channel.start()?;
        let cells = field.cells_mut();
        for copy in plan.copies() {
            let rows = layout.rows(&copy.from).zip(layout.rows(&copy.to));
            for (cell, ghost) in rows {
                for k in 0..cell.len {
                    cells[cell.offset + k] = cells[cell.offset + k].plus(cells[ghost.offset + k]);
                }
            }
        }
        while channel.wait_any()?.is_some() {}
        for (k, message) in plan.sends().iter().enumerate() {
            let ghosts: &[S] = bytemuck::cast_slice(channel.receive_buffer(k));
            let rows = layout.rows(&message.region);
            for (row, ghosts) in rows.zip(ghosts.chunks(width(&message.region))) {
                let row = &mut cells[row.offset..row.offset + row.len];
                for (cell, ghost) in row.iter_mut().zip(ghosts) {
                    *cell = cell.plus(*ghost);
                }
            }
        }
        Ok(())
    }
}

fn width<const D: usize>(region: &Region<D>) -> usize {
    region.len(D - 1)
}

fn route<S, const D: usize>(message: &Message<D>) -> Route {
    Route {
        peer: message.peer,
        tag: message.tag,
        bytes: message.region.count() * size_of::<S>(),
    }
}
