//! Filters on a regular lattice of centres, interpolated where they are read: what a bank holds, whatever the shape of its
//! filters, so that it is compiled once for all of them.
//!
//! A rank may keep the filters around its block alone. Where an index lies among the centres is found from the whole
//! lattice all the same, so that no bit of an interpolated value depends on which filters are kept.

use std::ops::Range;

use crate::{scalar::RealScalar, stencil::row::MAX_AXES};

/// The centres along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Centres {
    pub count: usize,
    pub first: f64,
    pub spacing: f64,
    /// Those whose filters are kept.
    pub kept: Range<usize>,
}

/// The filters of the centres that are kept, and where every index of an axis lies among the centres.
#[derive(Clone, Debug)]
pub(super) struct Lattice<V, const N: usize> {
    /// Centre by centre, row-major.
    filters: Vec<V>,
    /// Of a filter.
    entries: usize,
    centres: [Centres; N],
    /// Found once the extents of the grid are known.
    indices: [Indices<V>; N],
}

/// Where every index of one axis lies among the centres.
#[derive(Clone, Debug)]
struct Indices<V> {
    /// The centre at or before it, among those that are kept.
    cells: Vec<usize>,
    /// The next index that lies between other centres.
    ends: Vec<usize>,
    /// How far it is on the way to the next centre.
    weights: Vec<V>,
}

/// Between which of the kept centres a point lies along one axis, and how far on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<V> {
    cell: usize,
    weight: V,
}

/// An entry along a stretch of a row between the same centres.
pub(super) struct Stretch<'a, V, const N: usize> {
    /// How many points it has.
    pub count: usize,
    corners: Corners<V>,
    /// Along the stencil axes after the row's, or all of them.
    after: Range<usize>,
    places: [Place<V>; N],
    /// Along the axis of the row, one per point; none where the row runs along no stencil axis.
    weights: Option<&'a [V]>,
}

/// Values at the corners of a cell of the lattice, as far as they are not interpolated yet.
#[derive(Clone, Copy)]
struct Corners<V> {
    values: [V; 1 << MAX_AXES],
    count: usize,
}

impl Centres {
    /// The centres whose filters are read at these indices.
    pub(crate) fn around(&self, indices: Range<isize>) -> Range<usize> {
        let [low, high] = [indices.start, indices.end - 1].map(|index| self.place(index).0);
        low..(high + 2).min(self.count)
    }

    /// The centre at or before an index, and how far on the way to the next it is.
    fn place(&self, index: isize) -> (usize, f64) {
        let distance = (index as f64 - self.first) / self.spacing;
        let last = self.count - 1;
        if distance <= 0.0 {
            (0, 0.0)
        } else if distance >= last as f64 {
            (last, 0.0)
        } else {
            let cell = distance.floor();
            (cell as usize, distance - cell)
        }
    }

    /// The place among the kept centres; of an index that they do not serve, the nearest.
    fn place_kept<V: RealScalar>(&self, index: isize) -> Place<V> {
        let (cell, weight) = self.place(index);
        Place {
            cell: cell.clamp(self.kept.start, self.kept.end - 1) - self.kept.start,
            weight: V::from_f64(weight),
        }
    }
}

impl<V: RealScalar, const N: usize> Lattice<V, N> {
    /// The filters of the kept centres, row-major, of so many entries each.
    pub fn new(filters: Vec<V>, entries: usize, centres: [Centres; N]) -> Self {
        Lattice {
            filters,
            entries,
            centres,
            indices: std::array::from_fn(|_| Indices::of(&[])),
        }
    }

    /// Prepares reads on a grid that has these extents along the stencil axes.
    pub fn settle(&mut self, extents: [usize; N]) {
        for (axis, extent) in extents.into_iter().enumerate() {
            if self.indices[axis].cells.len() != extent {
                let centres = &self.centres[axis];
                let indices = 0..extent as isize;
                let places: Vec<_> = indices.map(|index| centres.place_kept(index)).collect();
                self.indices[axis] = Indices::of(&places);
            }
        }
    }

    /// One entry of the filter at an index.
    #[inline(never)]
    pub fn value(&self, index: [isize; N], entry: usize) -> V {
        let places = self.places(index);
        let mut corners = self.corners(&places, entry);
        corners.reduce_all(&places);
        corners.values[0]
    }

    /// One entry from an index on, for at most `count` points of a row along a stencil axis, or along none.
    #[inline(never)]
    pub fn stretch(
        &self,
        index: [isize; N],
        along: Option<usize>,
        count: usize,
        entry: usize,
    ) -> Stretch<'_, V, N> {
        let places = self.places(index);
        let mut corners = self.corners(&places, entry);
        let weights = along.map(|axis| self.weights(axis, index[axis], count));
        match (along, weights) {
            (Some(axis), Some(weights)) if !weights.is_empty() => {
                corners.reduce_all(&places[..axis]);
                Stretch {
                    count: weights.len(),
                    corners,
                    after: axis + 1..N,
                    places,
                    weights: Some(weights),
                }
            }
            _ => {
                corners.reduce_all(&places);
                Stretch {
                    count: if along.is_some() { 1 } else { count },
                    corners,
                    after: N..N,
                    places,
                    weights: None,
                }
            }
        }
    }

    fn places(&self, index: [isize; N]) -> [Place<V>; N] {
        std::array::from_fn(|axis| {
            let known = &self.indices[axis];
            match usize::try_from(index[axis]) {
                Ok(index) if index < known.cells.len() => Place {
                    cell: known.cells[index],
                    weight: known.weights[index],
                },
                _ => self.centres[axis].place_kept(index[axis]),
            }
        })
    }

    /// The values of an entry at the centres around a point.
    fn corners(&self, places: &[Place<V>; N], entry: usize) -> Corners<V> {
        let mut corners = Corners {
            values: [V::zeroed(); 1 << MAX_AXES],
            count: 1 << N,
        };
        for corner in 0..1usize << N {
            let centre = (0..N).fold(0, |centre, axis| {
                let ahead = corner >> (N - 1 - axis) & 1;
                let count = self.centres[axis].kept.len();
                centre * count + (places[axis].cell + ahead).min(count - 1)
            });
            corners.values[corner] = self.filters[centre * self.entries + entry];
        }
        corners
    }

    /// The weights from an index on, as far as they are between the same centres; at most `count`. Empty where they are
    /// not prepared.
    fn weights(&self, axis: usize, index: isize, count: usize) -> &[V] {
        let known = &self.indices[axis];
        match usize::try_from(index) {
            Ok(index) if index < known.ends.len() => {
                &known.weights[index..known.ends[index].min(index + count)]
            }
            _ => &[],
        }
    }
}

impl<V: RealScalar, const N: usize> Stretch<'_, V, N> {
    /// The entry at each of the points.
    #[inline(always)]
    pub fn fill(&self, points: &mut [V]) {
        let Some(weights) = self.weights else {
            return points.fill(self.corners.values[0]);
        };
        let points = points.iter_mut().zip(weights);
        if self.after.is_empty() {
            let [here, ahead] = [self.corners.values[0], self.corners.values[1]];
            points.for_each(|(point, weight)| *point = between(here, ahead, *weight));
        } else {
            points.for_each(|(point, weight)| *point = self.across(*weight));
        }
    }

    /// The entry at a point of this weight along the row, where stencil axes follow that of the row.
    #[inline(never)]
    fn across(&self, weight: V) -> V {
        let mut corners = self.corners;
        corners.reduce(weight);
        corners.reduce_all(&self.places[self.after.clone()]);
        corners.values[0]
    }
}

impl<V: RealScalar> Corners<V> {
    /// Interpolates along the first axis that is left.
    fn reduce(&mut self, weight: V) {
        let half = self.count / 2;
        for corner in 0..half {
            let (here, ahead) = (self.values[corner], self.values[corner + half]);
            self.values[corner] = between(here, ahead, weight);
        }
        self.count = half;
    }

    /// Interpolates along the first axes that are left.
    fn reduce_all(&mut self, places: &[Place<V>]) {
        places.iter().for_each(|place| self.reduce(place.weight));
    }
}

#[inline(always)]
fn between<V: RealScalar>(here: V, ahead: V, weight: V) -> V {
    here + weight * (ahead - here)
}

impl<V: Copy> Indices<V> {
    fn of(places: &[Place<V>]) -> Self {
        let mut ends = vec![places.len(); places.len()];
        for index in (1..places.len()).rev() {
            let same = places[index - 1].cell == places[index].cell;
            ends[index - 1] = if same { ends[index] } else { index };
        }
        Indices {
            cells: places.iter().map(|place| place.cell).collect(),
            ends,
            weights: places.iter().map(|place| place.weight).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn centres(count: usize, kept: Range<usize>) -> Centres {
        Centres {
            count,
            first: 1.0,
            spacing: 3.0,
            kept,
        }
    }

    #[test]
    fn stretches_end_where_the_centres_change() {
        let mut lattice = Lattice::new(vec![0.0_f64, 1.0, 0.0], 1, [centres(3, 0..3)]);
        lattice.settle([9]);
        assert_eq!(lattice.weights(0, 0, 9).len(), 4);
        assert_eq!(lattice.weights(0, 2, 9), [1.0 / 3.0, 2.0 / 3.0]);
        assert_eq!(lattice.weights(0, 4, 2).len(), 2);
        assert_eq!(lattice.weights(0, 7, 9), [0.0, 0.0]);
        assert!(lattice.weights(0, -1, 9).is_empty() && lattice.weights(0, 9, 9).is_empty());
    }

    /// Every index that the kept filters serve has the bits of the whole lattice.
    #[test]
    fn a_part_of_the_filters_gives_the_values_of_all() {
        let filters: Vec<f64> = (0..7).map(|centre| (centre as f64).sin()).collect();
        let mut whole = Lattice::new(filters.clone(), 1, [centres(7, 0..7)]);
        whole.settle([24]);
        for start in -3..26 {
            for end in start + 1..27 {
                let kept = whole.centres[0].around(start..end);
                let held = filters[kept.clone()].to_vec();
                let mut part = Lattice::new(held, 1, [centres(7, kept)]);
                for settled in [false, true] {
                    if settled {
                        part.settle([24]);
                    }
                    for index in start..end {
                        let [part, whole] = [&part, &whole].map(|of| of.value([index], 0));
                        assert_eq!(part.to_bits(), whole.to_bits(), "{index} of {start}..{end}");
                    }
                }
            }
        }
        assert_eq!(whole.centres[0].around(2..3), 0..2);
        assert_eq!(whole.centres[0].around(4..5), 1..3);
        assert_eq!(whole.centres[0].around(-5..0), 0..2);
        assert_eq!(whole.centres[0].around(22..30), 6..7);
    }
}
