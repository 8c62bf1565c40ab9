//! The locations of a stencil's fields on a grid: which output reads what, and how far past the end of a field that is.
//!
//! Fields at different locations end at different points. So the last row of one output may read past the end of an input
//! that lies elsewhere, and that of another stay within it.

use crate::{
    grid::{Grid, Staggering},
    stencil::contract::{Facts, Locations},
};

/// Where the fields of a stencil lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sites<const D: usize> {
    pub inputs: Vec<Staggering>,
    pub coefficients: Vec<Staggering>,
    pub outputs: Vec<Staggering>,
    /// For each forward tap, the outputs that it is read for; all where there is no entry.
    readers: &'static [&'static [usize]],
    periodic: [bool; D],
}

impl<const D: usize> Sites<D> {
    pub(crate) fn new(facts: &Facts, locations: &Locations, grid: &Grid<D>) -> Self {
        let of = |listed: &[Staggering], count: usize| -> Vec<Staggering> {
            let listed = listed.iter().copied();
            listed
                .chain(std::iter::repeat(Staggering::CELL))
                .take(count)
                .collect()
        };
        Sites {
            inputs: of(locations.inputs, facts.inputs.len()),
            coefficients: of(locations.coefficients, facts.coefficients.len()),
            outputs: of(locations.outputs, facts.outputs),
            readers: locations.readers,
            periodic: grid.periodic(),
        }
    }

    /// Whether all outputs lie at one location, so that they have the same rows.
    pub(crate) fn outputs_agree(&self) -> bool {
        self.outputs.iter().all(|output| *output == self.outputs[0])
    }

    /// Whether a forward tap is read for an output.
    pub(crate) fn reads(&self, output: usize, tap: usize) -> bool {
        let readers = self.readers.get(tap);
        readers.is_none_or(|readers| readers.contains(&output))
    }

    pub(crate) fn is_periodic(&self, axis: usize) -> bool {
        self.periodic[axis]
    }

    /// Points that a field has more than the grid has cells along an axis: 0 or 1.
    pub(crate) fn more(&self, field: Staggering, axis: usize) -> isize {
        isize::from(field.has(axis) && !self.periodic[axis])
    }

    /// As [`more`](Self::more), for the longest of all outputs.
    pub(crate) fn most(&self, axis: usize) -> isize {
        let more = self.outputs.iter().map(|output| self.more(*output, axis));
        more.max().unwrap_or(0)
    }

    /// How far the last row of an output reads past the last point of a field, at an offset; negative where it stays within.
    pub(crate) fn past_end(
        &self,
        output: Staggering,
        field: Staggering,
        axis: usize,
        offset: isize,
    ) -> isize {
        offset + self.more(output, axis) - self.more(field, axis)
    }
}
