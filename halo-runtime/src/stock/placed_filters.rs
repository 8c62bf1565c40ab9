//! The filters of a non-stationary convolution on a grid, before a kernel is chosen by their size: each rank makes those that
//! its block and the ghosts around it need.

use std::ops::Range;

use crate::{
    grid::Region,
    stencil::{Centres, Filter, FilterBank},
};

/// An entry of the filter at a centre: both by their indices.
pub(super) type Entries<'a, const N: usize> = Box<dyn Fn([usize; N], [usize; N]) -> f64 + 'a>;

pub(super) struct PlacedFilters<'a, const N: usize> {
    pub filters: &'a Entries<'a, N>,
    /// Of a filter.
    pub extents: [usize; N],
    pub lattices: [Centres; N],
    /// The array axes of the convolution.
    pub axes: [usize; N],
    /// This rank's block; the whole of a periodic axis, around whose ends the block may read.
    pub near: [Range<isize>; N],
}

impl<const N: usize> PlacedFilters<'_, N> {
    /// Entries along the longest axis of a filter.
    pub fn longest(&self) -> usize {
        self.extents.into_iter().max().unwrap_or(0)
    }

    /// The filters that this rank needs, padded with zeros to the type's size.
    pub fn bank<F: Filter<Value = f64>>(&self) -> FilterBank<F, N> {
        let size: [usize; N] = std::array::from_fn(|axis| F::shape()[axis]);
        let mut centres = self.lattices.clone();
        for axis in 0..N {
            let (near, reach) = (&self.near[axis], size[axis] as isize / 2);
            centres[axis].kept = centres[axis].around(near.start - reach..near.end + reach);
        }
        let kept = Region {
            start: std::array::from_fn(|axis| centres[axis].kept.start as isize),
            end: std::array::from_fn(|axis| centres[axis].kept.end as isize),
        };
        let mut entries = Vec::with_capacity(kept.count() * F::ENTRIES);
        for centre in kept.indices() {
            let centre = centre.map(|index| index as usize);
            let padded = Region::of_extent(size).indices();
            entries.extend(padded.map(|index| self.entry(centre, index, size)));
        }
        FilterBank::of(entries, centres)
    }

    /// An entry of a filter that is padded to a size.
    fn entry(&self, centre: [usize; N], index: [isize; N], size: [usize; N]) -> f64 {
        let entry: [usize; N] = std::array::from_fn(|axis| {
            let pad = (size[axis] - self.extents[axis]) / 2;
            (index[axis] as usize).wrapping_sub(pad)
        });
        match (0..N).all(|axis| entry[axis] < self.extents[axis]) {
            true => (self.filters)(centre, entry),
            false => 0.0,
        }
    }
}
