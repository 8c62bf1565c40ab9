//! The halo operator's work in both directions, on floats and on exact numbers alike.

use crate::{
    error::Result,
    exchange::{Exchange, Footprint, GhostReturn, PhysicalGhosts, Slab},
    field::{BlockLayout, Values},
    scalar::Weigh,
};

/// Messages and workspace of a halo over elements of `S`. Nothing is allocated after the first application.
pub(super) struct Ghosting<S: Weigh, const D: usize> {
    layout: BlockLayout<D>,
    widths: [[usize; 2]; D],
    beyond: PhysicalGhosts<D>,
    there: Exchange<S, D>,
    back: GhostReturn<S, D>,
    /// A field with room for the ghosts.
    padded: Option<Values<S, D>>,
}

impl<S: Weigh, const D: usize> Ghosting<S, D> {
    /// Collective.
    pub(super) fn new(
        layout: &BlockLayout<D>,
        widths: [[usize; 2]; D],
        beyond: PhysicalGhosts<D>,
    ) -> Result<Self> {
        let (grid, staggering) = (layout.grid(), layout.staggering());
        let frame = Footprint::frame(widths);
        Ok(Ghosting {
            there: Exchange::at(grid, staggering, &frame)?,
            back: GhostReturn::new(grid, staggering, &frame)?,
            layout: layout.clone(),
            widths,
            beyond,
            padded: None,
        })
    }

    pub(super) fn messages(&self) -> usize {
        self.there.messages()
    }

    /// Copies a field and its ghosts into a block. Collective.
    pub(super) fn forward(&mut self, x: &Values<S, D>, block: &mut [S]) -> Result {
        let source = if x.layout().has_margin(self.widths) {
            x
        } else {
            let padded = padded(&mut self.padded, &self.layout, self.widths);
            padded.set_from(x)?;
            padded
        };
        self.there.begin_values(source, Slab::pack_any)?.finish()?;
        self.beyond.fill_values(source);
        let cells = source.reading();
        let region = self.layout.local();
        let rows = source.layout().rows(&region);
        for (row, target) in rows.zip(block.chunks_exact_mut(region.len(D - 1))) {
            target.copy_from_slice(&cells[row.offset..row.offset + row.len]);
        }
        Ok(())
    }

    /// Adds every value of a block, ghosts to their owners, into a field. Collective.
    pub(super) fn adjoint(&mut self, block: &[S], x: &mut Values<S, D>) -> Result {
        let padded = padded(&mut self.padded, &self.layout, self.widths);
        let (layout, region) = (*padded.layout(), self.layout.local());
        let cells = padded.cells_mut();
        // What an earlier application left in ghosts that are trimmed away goes nowhere: they have no weights, and no owner.
        let rows = layout.rows(&region);
        for (row, source) in rows.zip(block.chunks_exact(region.len(D - 1))) {
            cells[row.offset..row.offset + row.len].copy_from_slice(source);
        }
        self.beyond.fold_block(padded);
        self.back.add(padded)?;
        x.set_from(padded)
    }
}

fn padded<'a, S: Weigh, const D: usize>(
    padded: &'a mut Option<Values<S, D>>,
    layout: &BlockLayout<D>,
    widths: [[usize; 2]; D],
) -> &'a mut Values<S, D> {
    padded.get_or_insert_with(|| Values::with_margin(layout.grid(), layout.staggering(), widths))
}
