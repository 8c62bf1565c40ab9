//! How a row reads a bank of filters: one entry, interpolated for all points of a strip at once, or for one point.

use bytemuck::Zeroable as _;

use crate::{
    scalar::{Arithmetic, RealScalar},
    stencil::{
        Filter, FilterBank, Row,
        bank::{Corners, Place, between},
        strip::STRIP,
    },
};

/// A stencil axis and the weights along it, one per point.
type Weights<'b, F> = (usize, &'b [<F as Filter>::Value]);

impl<S: Arithmetic> Row<'_, S> {
    /// The entry of the filters at the offset from every point of a strip.
    #[inline(always)]
    pub fn bank<F: Filter, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
    ) -> [F::Value; STRIP] {
        let entry = F::place(&entry);
        let mut values = [F::Value::zeroed(); STRIP];
        let mut rest = &mut values[..self.len];
        let mut i = 0;
        while !rest.is_empty() {
            let places = self.places(bank, offset, i);
            let (along, count) = self.stretch(bank, offset, i);
            let (points, others) = rest.split_at_mut(count);
            let corners = bank.corners(&places, entry);
            match along {
                Some((axis, weights)) => fill(points, corners, &places, axis, weights),
                None => points.fill(bank.value(&places, entry)),
            }
            i += count;
            rest = others;
        }
        values
    }

    /// The entry of the filter at the offset from point `i` alone.
    #[inline(always)]
    pub fn bank_at<F: Filter, const N: usize, const M: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        entry: [usize; M],
        i: usize,
    ) -> F::Value {
        bank.value(&self.places(bank, offset, i), F::place(&entry))
    }

    #[inline(always)]
    fn places<F: Filter, const N: usize>(
        &self,
        bank: &FilterBank<F, N>,
        offset: [isize; N],
        i: usize,
    ) -> [Place<F::Value>; N] {
        std::array::from_fn(|axis| bank.place(axis, self.index(axis, offset[axis], i)))
    }

    /// How many points from `i` on lie between the same centres, and their weights along the stencil axis on which the
    /// row runs, if it runs on one.
    #[inline(always)]
    fn stretch<'b, F: Filter, const N: usize>(
        &self,
        bank: &'b FilterBank<F, N>,
        offset: [isize; N],
        i: usize,
    ) -> (Option<Weights<'b, F>>, usize) {
        let rest = self.len - i;
        let Some(axis) = (0..N).find(|axis| self.place.step[*axis] != 0) else {
            return (None, rest);
        };
        let weights = bank.weights(axis, self.index(axis, offset[axis], i), rest);
        match weights.len() {
            0 => (None, 1),
            count => (Some((axis, weights)), count),
        }
    }
}

/// The interpolation for points that differ in their weight along one axis only.
#[inline(always)]
fn fill<V: RealScalar, const N: usize>(
    points: &mut [V],
    mut corners: Corners<V>,
    places: &[Place<V>; N],
    axis: usize,
    weights: &[V],
) {
    places[..axis]
        .iter()
        .for_each(|place| corners.reduce(place.weight));
    let points = points.iter_mut().zip(weights);
    if axis + 1 == N {
        let [here, ahead] = [corners.values[0], corners.values[1]];
        points.for_each(|(point, weight)| *point = between(here, ahead, *weight));
        return;
    }
    for (point, weight) in points {
        let mut corners = corners;
        corners.reduce(*weight);
        places[axis + 1..]
            .iter()
            .for_each(|place| corners.reduce(place.weight));
        *point = corners.values[0];
    }
}
