//! One row of points as the generated loops see it: shifted slices of equal length, and where on the grid it lies.
//!
//! Relies on the driver: every tap of an interior row lies within the field's storage, margin included.

use crate::scalar::Element;
use crate::stencil::sweep::MAX_FIELDS;

/// Stencil axes a kernel can have.
pub const MAX_AXES: usize = 4;

/// Cells of one field, and where in them the row's first point is.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a, S> {
    /// The field's whole storage, margin included.
    pub cells: &'a [S],
    /// Index of the row's first point.
    pub base: usize,
}

impl<'a> Lane<'a, u8> {
    /// The bytes as the elements they are; storage is aligned and whole.
    #[inline(always)]
    fn of<T: Element>(self) -> Lane<'a, T> {
        Lane {
            cells: bytemuck::cast_slice(self.cells),
            base: self.base,
        }
    }
}

/// The row's place along the stencil axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Global index of the row's first point.
    pub index: [isize; MAX_AXES],
    /// 1 on the axis along which the row runs, else 0.
    pub step: [isize; MAX_AXES],
    /// Extent of the outputs.
    pub extent: [isize; MAX_AXES],
    /// Of each output, the first row of its domain, and one past the last (narrower than its extent under `Valid`).
    pub domains: [[[isize; 2]; MAX_AXES]; MAX_FIELDS],
    /// Whether the axis is periodic.
    pub periodic: [bool; MAX_AXES],
}

/// A row of points, with everything a generated body may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, S> {
    /// Number of points.
    pub len: usize,
    /// The fields the pass reads.
    pub fields: &'a [Lane<'a, S>],
    /// Storage distance of every tap.
    pub taps: &'a [isize],
    /// The coefficient fields as bytes, for each has elements of its own type; bases and distances count elements.
    pub coefficients: &'a [Lane<'a, u8>],
    /// Storage distance of every coefficient tap.
    pub coefficient_taps: &'a [isize],
    /// Where the row lies.
    pub place: &'a Place,
}

impl<'a, S: Element> Row<'a, S> {
    /// The field's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn tap(&self, field: usize, tap: usize) -> &'a [S] {
        slice(self.fields[field], self.taps[tap], self.len)
    }

    /// The coefficient's cells at the tap, one per point of the row.
    #[inline(always)]
    pub fn coefficient<T: Element>(&self, field: usize, tap: usize) -> &'a [T] {
        slice(
            self.coefficients[field].of(),
            self.coefficient_taps[tap],
            self.len,
        )
    }

    /// The field's cell at the tap of point `i` alone: for rows where not every tap may be read.
    #[inline(always)]
    pub fn tap_at(&self, field: usize, tap: usize, i: usize) -> S {
        let lane = self.fields[field];
        lane.cells[lane
            .base
            .wrapping_add(i)
            .wrapping_add_signed(self.taps[tap])]
    }

    /// The coefficient's cell at the tap of point `i` alone.
    #[inline(always)]
    pub fn coefficient_at<T: Element>(&self, field: usize, tap: usize, i: usize) -> T {
        let lane = self.coefficients[field].of::<T>();
        lane.cells[lane
            .base
            .wrapping_add(i)
            .wrapping_add_signed(self.coefficient_taps[tap])]
    }

    /// Global index of point `i` displaced by `shift`, wrapped on a periodic axis.
    #[inline(always)]
    pub fn index(&self, axis: usize, shift: isize, i: usize) -> isize {
        let place = self.place;
        let index = place.index[axis] + place.step[axis] * i as isize + shift;
        if place.periodic[axis] && (index < 0 || index >= place.extent[axis]) {
            index.rem_euclid(place.extent[axis])
        } else {
            index
        }
    }

    /// Extent of the grid along the axis.
    #[inline(always)]
    pub fn extent(&self, axis: usize) -> isize {
        self.place.extent[axis]
    }

    /// Distance of the displaced point to the last index of the axis.
    #[inline(always)]
    pub fn from_high(&self, axis: usize, shift: isize, i: usize) -> isize {
        self.place.extent[axis] - 1 - self.index(axis, shift, i)
    }

    /// Whether the row `offset` away from point `i` belongs to the operator's domain.
    #[inline(always)]
    pub fn inside<const N: usize>(&self, offset: [isize; N], i: usize) -> bool {
        self.inside_of(0, offset, i)
    }

    /// Whether the row `offset` away from point `i` belongs to the domain of one output.
    #[inline(always)]
    pub fn inside_of<const N: usize>(&self, output: usize, offset: [isize; N], i: usize) -> bool {
        let place = self.place;
        let mut inside = true;
        for (axis, offset) in offset.into_iter().enumerate() {
            let index = place.index[axis] + place.step[axis] * i as isize + offset;
            let [first, end] = place.domains[output][axis];
            inside &= place.periodic[axis] | ((index >= first) & (index < end));
        }
        inside
    }

    /// Stores the value of every point: `formula(i)` gives one value per output.
    ///
    /// The outputs arrive here as arguments of their own, which is what tells the compiler that they alias no tap, so
    /// that the loop vectorises.
    #[inline(always)]
    pub fn store<const P: usize>(&self, out: &mut [&mut [S]], formula: impl Fn(usize) -> [S; P]) {
        let n = self.len;
        debug_assert_eq!(out.len(), P, "one row of output per value of the formula");
        // On the constant, not on the length of `out`: the loop is compiled for P outputs alone.
        match P {
            1 => {
                if let [a] = out {
                    store_one(
                        &mut a[..n],
                        #[inline(always)]
                        |i| formula(i)[0],
                    );
                }
            }
            2 => {
                if let [a, b] = out {
                    store_two(
                        &mut a[..n],
                        &mut b[..n],
                        #[inline(always)]
                        |i| first(formula(i)),
                    );
                }
            }
            3 => {
                if let [a, b, c] = out {
                    store_three(
                        &mut a[..n],
                        &mut b[..n],
                        &mut c[..n],
                        #[inline(always)]
                        |i| first(formula(i)),
                    );
                }
            }
            _ => {
                for i in 0..n {
                    for (out, value) in out.iter_mut().zip(formula(i)) {
                        out[i] = value;
                    }
                }
            }
        }
    }
}

#[inline(always)]
fn slice<'a, S>(lane: Lane<'a, S>, distance: isize, len: usize) -> &'a [S] {
    let cells = &lane.cells[lane.base.wrapping_add_signed(distance)..];
    &cells[..len]
}

/// The leading K values; the macro generates as many as there are outputs.
#[inline(always)]
fn first<S: Element, const P: usize, const K: usize>(values: [S; P]) -> [S; K] {
    std::array::from_fn(|k| values[k])
}

#[inline(always)]
fn store_one<S>(out: &mut [S], formula: impl Fn(usize) -> S) {
    for (i, out) in out.iter_mut().enumerate() {
        *out = formula(i);
    }
}

#[inline(always)]
fn store_two<S: Copy>(a: &mut [S], b: &mut [S], formula: impl Fn(usize) -> [S; 2]) {
    for (i, (a, b)) in a.iter_mut().zip(b).enumerate() {
        [*a, *b] = formula(i);
    }
}

#[inline(always)]
fn store_three<S: Copy>(a: &mut [S], b: &mut [S], c: &mut [S], formula: impl Fn(usize) -> [S; 3]) {
    for (i, ((a, b), c)) in a.iter_mut().zip(b).zip(c).enumerate() {
        [*a, *b, *c] = formula(i);
    }
}
