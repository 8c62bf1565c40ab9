//! What an operator should give, computed the slow way: the plain kernel called point by point on whole arrays.
//!
//! Boundary kinds are written down here once more, from their definitions, so that the library's table is tested and
//! not merely used twice.

use halo::Boundary;
use halo::scalar::{RealScalar, Scalar};

use super::case::Case;
use super::specimen::{Point, Specimen};
use super::subject::Subject;

/// The ghost at the distance m >= 1 past an end is the sum of w * x\[j\], j counted inward.
pub fn weights(kind: Boundary, m: usize) -> Vec<(usize, f64)> {
    match kind {
        Boundary::Clamp => vec![(0, 1.0)],
        Boundary::Mirror => vec![(m - 1, 1.0)],
        Boundary::Reflect => vec![(m, 1.0)],
        Boundary::Antisymmetric => vec![(m - 1, -1.0)],
        Boundary::OddReflect => vec![(0, 2.0), (m, -1.0)],
        Boundary::Odd if m >= 2 => vec![(m - 2, -1.0)],
        Boundary::Extrapolate => vec![(0, m as f64 + 1.0), (1, -(m as f64))],
        _ => vec![],
    }
}

/// How many cells at that end ghosts up to the distance `reach` are made of.
pub fn cells_needed(kind: Boundary, reach: usize) -> usize {
    let deepest = (1..=reach)
        .flat_map(|m| weights(kind, m))
        .map(|(j, _)| j + 1);
    deepest.max().unwrap_or(0)
}

/// A whole array with everything beyond its ends.
pub struct Extended<'a, T, const D: usize> {
    pub cells: &'a [T],
    pub extent: [usize; D],
    pub periodic: [bool; D],
    pub kinds: [[Boundary; 2]; D],
}

impl<T: Scalar, const D: usize> Extended<'_, T, D> {
    /// The value at any index. Axis 0 is extended first, so a corner is found from the last axis back.
    ///
    /// NaN where there is none: beyond a `Valid` end, and where the axis is too short for the kind.
    pub fn at(&self, index: [isize; D]) -> T {
        let beyond = |axis: usize| {
            let n = self.extent[axis] as isize;
            match index[axis] {
                i if i < 0 => Some((0, -i as usize)),
                i if i >= n => Some((1, (i - n + 1) as usize)),
                _ => None,
            }
        };
        let outside: Vec<_> = (0..D)
            .filter_map(|axis| Some((axis, beyond(axis)?)))
            .collect();
        let leaves = |&(axis, (side, _)): &(usize, (usize, usize))| {
            !self.periodic[axis] && self.kinds[axis][side] == Boundary::Valid
        };
        if outside.iter().any(leaves) {
            return T::from_f64(f64::NAN);
        }
        let Some(&(axis, (side, distance))) = outside.last() else {
            let cell = (0..D).fold(0, |cell, axis| {
                cell * self.extent[axis] + index[axis] as usize
            });
            return self.cells[cell];
        };
        let mut inside = index;
        let n = self.extent[axis] as isize;
        if self.periodic[axis] {
            inside[axis] = index[axis].rem_euclid(n);
            return self.at(inside);
        }
        let terms = weights(self.kinds[axis][side], distance)
            .into_iter()
            .map(|(j, weight)| {
                if j as isize >= n {
                    return T::from_f64(f64::NAN);
                }
                inside[axis] = if side == 0 {
                    j as isize
                } else {
                    n - 1 - j as isize
                };
                T::Real::from_f64(weight) * self.at(inside)
            });
        terms.reduce(|sum, term| sum + term).unwrap_or(T::ZERO)
    }
}

/// A x by the plain kernel: one array per output from one array per input.
///
/// A row that reads beyond a `Valid` end is zero, in all outputs.
pub fn forward<K: Specimen<N>, const N: usize, const D: usize>(
    case: &Case<D>,
    inputs: &[Vec<K::Scalar>],
) -> Vec<Vec<K::Scalar>> {
    let extended = |cells, kinds| Extended {
        cells,
        extent: case.extent,
        periodic: case.periodic,
        kinds,
    };
    let inputs: Vec<_> = inputs
        .iter()
        .map(|cells| extended(cells, case.kinds))
        .collect();
    let walls = [[case.coefficient_kind; 2]; D];
    let coefficients = case.coefficients::<K::Scalar>(K::COEFFICIENTS);
    let coefficients: Vec<_> = coefficients
        .iter()
        .map(|cells| extended(cells, walls))
        .collect();
    let axes: [usize; N] = std::array::from_fn(|k| case.axes[k]);
    let mut outputs: Vec<Vec<K::Scalar>> = vec![Vec::new(); K::FACTS.outputs];
    for index in case.indices() {
        let displaced = |offset: [isize; N]| {
            let mut there = index.map(|i| i as isize);
            axes.iter()
                .zip(offset)
                .for_each(|(axis, o)| there[*axis] += o);
            there
        };
        let mut row = K::call(&Point {
            index: axes.map(|axis| index[axis]),
            extent: axes.map(|axis| case.extent[axis]),
            reach: K::REACH,
            coefficient_reach: K::COEFFICIENT_REACH,
            input: &|k, offset| inputs[k].at(displaced(offset)),
            coefficient: &|k, offset| K::hold(coefficients[k].at(displaced(offset))),
        });
        let is_nan =
            |value: &K::Scalar| value.re().to_f64().is_nan() || value.im().to_f64().is_nan();
        if case.has_valid_ends() && row.iter().any(is_nan) {
            row.fill(<K::Scalar as Scalar>::from_f64(0.0));
        }
        outputs
            .iter_mut()
            .zip(row)
            .for_each(|(output, value)| output.push(value));
    }
    outputs
}

/// Aᵀ y by the transpose of the matrix, made column by column from the plain kernel; in f64.
pub fn adjoint<const D: usize>(
    subject: &Subject<D>,
    case: &Case<D>,
    outputs: &[Vec<f64>],
) -> Vec<Vec<f64>> {
    // Complex numbers as pairs of real ones: there the conjugate transpose is the transpose.
    let parts = case.cells() * subject.parts;
    let mut unit = vec![vec![0.0; parts]; subject.inputs];
    let mut result = unit.clone();
    for (input, row) in result.iter_mut().enumerate() {
        for (cell, value) in row.iter_mut().enumerate() {
            unit[input][cell] = 1.0;
            let column = (subject.forward)(case, &unit);
            unit[input][cell] = 0.0;
            let products = column.iter().flatten().zip(outputs.iter().flatten());
            *value = products.map(|(a, y)| a * y).sum();
        }
    }
    result
}
