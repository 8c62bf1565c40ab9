//! The row bodies of one direction of a stencil, as the walk calls them.
//!
//! The walk over a block is the same for every stencil and is compiled once per scalar and rank; only what stands
//! behind this trait is compiled per kernel.

use arrayvec::ArrayVec;

use crate::{
    exchange::PackFn,
    scalar::{Arithmetic, Element, Lift, OneByOne, Scalar, Stored, Vectors},
    stencil::{
        contract::{Facts, Pass, Stencil},
        dispatch::{Dispatch, InstructionSet, LINE, Work},
        row::{MAX_FIELDS, Output, Row, SHORT_STRIP, STRIP, Stream, Streams, Traffic},
        sweep::Written,
    },
};

/// The formula of rows of points, and how their messages are packed.
pub(crate) trait Rows<S>: Sync {
    /// So many rows of interior points from one on, written from the beginning of the outputs on.
    fn interior(&self, dispatch: Dispatch, row: &Row<'_, S>, rows: usize, out: &[Written<'_, S>]);

    /// What the interior reads of intermediate fields, an output for each.
    fn intermediates(
        &self,
        dispatch: Dispatch,
        row: &Row<'_, S>,
        rows: usize,
        out: &[Written<'_, S>],
    );

    /// The same of any points.
    fn edge(&self, row: &Row<'_, S>, rows: usize, out: &[Written<'_, S>]);

    /// Points for which filters are interpolated at a time, where many rows read the same ones.
    fn strip(&self) -> usize;

    /// Packs a message of fields that the rows read.
    fn packer(&self) -> PackFn<S>;
}

/// y = A x.
pub(crate) struct Forward<'a, K>(pub &'a K);

/// x = Aᵀ y.
pub(crate) struct Adjoint<'a, K>(pub &'a K);

macro_rules! rows {
    (
        $direction:ident, $pass:ident, $all_alike:expr, $edge:ident,
        $outputs:expr, $work:ident: $interior:ident, $shared:ident: $intermediates:ident
    ) => {
        impl<K: Stencil, S: Stored<K::Scalar>> Rows<S> for $direction<'_, K> {
            fn interior(
                &self,
                dispatch: Dispatch,
                row: &Row<'_, S>,
                rows: usize,
                out: &[Written<'_, S>],
            ) {
                let part = |first, end| $work(self.0, row, rows, out, [first, end]);
                match const { K::FACTS.$pass.lanes && S::IN_VECTORS } {
                    true => in_vectors(dispatch, row, head(row, out), part),
                    false => dispatch.run(Loops(part(0, row.len))),
                }
            }

            fn intermediates(
                &self,
                dispatch: Dispatch,
                row: &Row<'_, S>,
                rows: usize,
                out: &[Written<'_, S>],
            ) {
                if const { !K::FACTS.$pass.intermediates.is_some() } {
                    return;
                }
                let part = |first, end| $shared(self.0, row, rows, out, [first, end]);
                match const { S::IN_VECTORS } {
                    true => in_vectors(dispatch, row, head(row, out), part),
                    false => dispatch.run(Loops(part(0, row.len))),
                }
            }

            fn edge(&self, row: &Row<'_, S>, rows: usize, out: &[Written<'_, S>]) {
                if const { $all_alike(&K::FACTS) } {
                    let baseline = Dispatch::new(InstructionSet::Baseline);
                    return self.interior(baseline, row, rows, out);
                }
                each(row, rows, (out, 0), |row, out| {
                    self.0.$edge::<S::In<OneByOne>>(&row.of(), out)
                });
            }

            fn strip(&self) -> usize {
                match const { K::FACTS.$pass.lanes && S::IN_VECTORS } {
                    true => SHORT_STRIP,
                    false => STRIP,
                }
            }

            fn packer(&self) -> PackFn<S> {
                K::pack
            }
        }

        points!(
            $work: $interior, $pass, wide(&K::FACTS.$pass), K::FACTS.$pass.intermediates.taps.len(), $outputs(&K::FACTS)
        );
        points!($shared: $intermediates, $pass, false, 0, shared(&K::FACTS.$pass));
    };
}

/// The points of all rows between two, for one body: whether it reads many slices, and how many of intermediate fields.
macro_rules! points {
    ($work:ident: $body:ident, $pass:ident, $wide:expr, $more:expr, $outputs:expr) => {
        struct $work<'a, 'b, 'c, K, S>(
            &'a K,
            &'a Row<'a, S>,
            usize,
            &'b [Written<'c, S>],
            [usize; 2],
        );

        impl<K: Stencil, S: Stored<K::Scalar>> Points for $work<'_, '_, '_, K, S> {
            type Scalar = K::Scalar;
            type Number = S;
            const WIDE: bool = $wide;

            #[inline(always)]
            fn run<V: Lift<K::Scalar, Number = S>>(self) {
                let $work(kernel, row, rows, out, [first, end]) = self;
                let row = Row {
                    first: row.first + first,
                    len: end - first,
                    ..numbered(row, const { &K::FACTS.$pass }, const { $more })
                };
                // Like the taps, so many that the compiler knows their number.
                let out = &out[..const { $outputs }];
                let along = Self::WIDE && runs_along(&row, const { K::FACTS.axes.len() });
                // Written out for either case: which one it is, the compiler then knows.
                match along {
                    true => each(
                        &Row { along: true, ..row },
                        rows,
                        (out, first),
                        #[inline(always)]
                        |row, out| kernel.$body::<V>(&row.of(), out),
                    ),
                    false => each(
                        &Row {
                            along: false,
                            ..row
                        },
                        rows,
                        (out, first),
                        #[inline(always)]
                        |row, out| kernel.$body::<V>(&row.of(), out),
                    ),
                }
            }
        }
    };
}

/// Points in front of the first line of the first output, whose lines go past the caches as a whole.
fn head<S>(row: &Row<'_, S>, out: &[Written<'_, S>]) -> usize {
    match out {
        [first, ..] if row.traffic.stores.are_past() => {
            let begun = first.cells.as_ptr().addr() % LINE;
            (LINE - begun) % LINE / size_of::<S>()
        }
        _ => 0,
    }
}

/// Rows in blocks of vectors, what is left in smaller ones, and what is left then one by one, like the points in front of a
/// line.
///
/// The last block may overlap the one before, unless that is in place; nor where it is on its way to memory, from where it
/// would have to come back first.
fn in_vectors<S: Element, P: Points>(
    dispatch: Dispatch,
    row: &Row<'_, S>,
    head: usize,
    part: impl Fn(usize, usize) -> P,
) {
    let (points, head) = (row.len, head.min(row.len));
    let apart = row.once || row.traffic.stores.are_past();
    if head > 0 {
        dispatch.run(Few(part(0, head)));
        row.memo.go_on();
    }
    let mut done = head;
    for dispatch in [dispatch, Dispatch::new(InstructionSet::Baseline)] {
        let block = dispatch.block_bytes() / size_of::<S>();
        let end = match apart {
            true => points - (points - done) % block,
            false if points - done >= block => points,
            false => done,
        };
        if end > done {
            dispatch.run(Blocks(part(done, end)));
            row.memo.go_on();
        }
        done = end;
    }
    if points > done {
        dispatch.run(Few(part(done, points)));
    }
}

/// Points whose formula can be evaluated on any lanes.
trait Points {
    type Scalar: Scalar;
    type Number: Stored<Self::Scalar>;
    /// Whether the formula reads more slices than there are registers.
    const WIDE: bool;

    fn run<V: Lift<Self::Scalar, Number = Self::Number>>(self);
}

/// In vectors. Addresses that find no register are found again for each evaluation, which then serves several vectors; other
/// formulas are evaluated on one vector, which asks memory for all that it reads the sooner.
struct Blocks<P>(P);

impl<P: Points> Work for Blocks<P> {
    const VECTORISES: bool = true;

    #[inline(always)]
    fn run<B: Vectors>(self) {
        match const { P::WIDE } {
            true => (self.0).run::<<P::Number as Stored<P::Scalar>>::In<B>>(),
            false => (self.0).run::<<P::Number as Stored<P::Scalar>>::In<B::One>>(),
        }
    }
}

/// One by one, in loops that the compiler vectorises where it can.
struct Loops<P>(P);

impl<P: Points> Work for Loops<P> {
    const VECTORISES: bool = P::Number::VECTORISES;

    #[inline(always)]
    fn run<B: Vectors>(self) {
        (self.0).run::<<P::Number as Stored<P::Scalar>>::In<OneByOne>>();
    }
}

/// One by one, because they are few.
struct Few<P>(P);

impl<P: Points> Work for Few<P> {
    const VECTORISES: bool = false;

    #[inline(always)]
    fn run<B: Vectors>(self) {
        (self.0).run::<<P::Number as Stored<P::Scalar>>::In<OneByOne>>();
    }
}

rows!(
    Forward, forward, uncut, forward_edge,
    results, ForwardRows: forward_interior, ForwardShared: forward_intermediates
);
rows!(
    Adjoint, adjoint, never, adjoint_edge,
    inputs, AdjointRows: adjoint_interior, AdjointShared: adjoint_intermediates
);

/// Whether no row has a formula of its own, so that all are interior.
const fn uncut(facts: &Facts) -> bool {
    let mut axis = 0;
    while axis < facts.cuts.len() {
        if facts.cuts[axis][0] + facts.cuts[axis][1] > 0 {
            return false;
        }
        axis += 1;
    }
    // Only the interior has intermediate fields.
    !facts.forward.intermediates.is_some()
}

const fn never(_: &Facts) -> bool {
    false
}

const fn results(facts: &Facts) -> usize {
    facts.outputs
}

const fn inputs(facts: &Facts) -> usize {
    facts.inputs.len()
}

/// The number of intermediate fields.
const fn shared(pass: &Pass) -> usize {
    match pass.intermediates.taps {
        [.., last] => last.field + 1,
        [] => 0,
    }
}

/// Calls a body for one row after the other, with the outputs from a point on.
#[inline(always)]
fn each<S: Element>(
    row: &Row<'_, S>,
    rows: usize,
    (out, first): (&[Written<'_, S>], usize),
    body: impl Fn(&Row<'_, S>, &[Output<'_, S>]),
) {
    let mut streams = Streams::new();
    streams.extend(row.traffic.streams.iter().copied());
    for number in 0..rows {
        row.memo.repeat();
        let values: ArrayVec<Output<'_, S>, MAX_FIELDS> = out
            .iter()
            .map(|out| out.row(number, first, row.len, row.traffic.stores))
            .collect();
        let row = Row {
            number: row.number + number,
            traffic: Traffic {
                streams: &streams,
                ..row.traffic
            },
            ..*row
        };
        body(&row, &values);
        streams.iter_mut().for_each(Stream::move_on);
    }
}

/// The row, of whose taps the compiler knows how many there are, so that it need not ask for each.
#[inline(always)]
fn numbered<'a, S>(row: &Row<'a, S>, pass: &Pass, more: usize) -> Row<'a, S> {
    Row {
        taps: &row.taps[..pass.taps.len() + more],
        coefficient_taps: &row.coefficient_taps[..pass.coefficients.len()],
        ..*row
    }
}

/// Whether a body may read more slices than there are registers, so that it is worth compiling it a second time for rows
/// along the last stencil axis, whose slices beside each other have one address.
const fn wide(pass: &Pass) -> bool {
    pass.taps.len() + pass.coefficients.len() > 12
}

/// Whether rows run along the last of so many stencil axes.
#[inline(always)]
fn runs_along<S>(row: &Row<'_, S>, axes: usize) -> bool {
    row.place.step[axes - 1] == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Comm;
    use crate::field::Field;
    use crate::grid::{Boundary, Grid};
    use crate::operator::{LinearOperator, StencilExt};
    use crate::stencil::{Coef, Input};
    use halo_macros::stencil;

    #[stencil(overwrite = before)]
    fn narrow<T: Scalar>(now: Input<T, 1>, before: Input<T, 1>, c: Coef<T, 1>) -> T {
        c[1] * (now[-1] + now[1]) - before[0]
    }

    /// Reads more slices than there are registers.
    #[stencil(overwrite = before)]
    fn broad<T: Scalar>(now: Input<T, 1>, before: Input<T, 1>, c: Coef<T, 1>) -> T {
        let mut sum = c[0] * now[0];
        for r in 1..8 {
            sum += c[r] * (now[r] + now[-r]);
        }
        sum - before[0]
    }

    /// A row of so many points, in vectors as far as there are any and one by one, gives the same bits out of place, in place,
    /// and added to what is there; and those of the plain kernel.
    macro_rules! rows_of_any_length {
        ($operator:ident, $kernel:ident, $reach:literal, $number:ty) => {
            for set in [
                InstructionSet::Baseline,
                InstructionSet::Avx2,
                InstructionSet::Avx512,
            ] {
                for points in 1..=100 {
                    let grid = Grid::new(&Comm::solo(), [points]).unwrap();
                    let random = |seed| grid.random::<$number>(seed);
                    let [now, before, other, c] = [1, 2, 3, 4].map(random);
                    let step = $operator { c: (&c).into() };
                    let step = step.boundary(Boundary::Zero).on(&grid).unwrap();
                    step.tune(|tuning| tuning.instruction_set = set).unwrap();

                    let cell = |field: &Field<$number, 1>, at: isize| {
                        let index = usize::try_from(at).ok();
                        index.and_then(|at| field.get([at])).unwrap_or(0.0)
                    };
                    let plain = |i: isize| {
                        let window = |field| {
                            Input::window([$reach], [$reach], move |[o]| cell(field, i + o))
                        };
                        // Coefficients go on beyond the ends.
                        let last = points as isize - 1;
                        let c = |[o]: [isize; 1]| cell(&c, (i + o).clamp(0, last));
                        let c = Coef::window([$reach], [$reach], c);
                        $kernel(window(&now), window(&before), c)
                    };
                    let expected: Vec<_> = (0..points as isize).map(plain).collect();
                    let inputs = (now.clone(), before.clone());
                    let out_of_place = step.forward(&inputs).unwrap();
                    let mut state = before.clone();
                    step.forward_in_place(&now, &mut state).unwrap();
                    let about = format!("{points} points, {set:?}");
                    assert_eq!(values(&out_of_place), expected, "{about}");
                    assert_eq!(values(&state), expected, "{about}");

                    let (of_now, of_before) = step.adjoint(&state).unwrap();
                    let mut sum = other.clone();
                    sum.axpy(1.0, &of_now).unwrap();
                    let mut kept = other;
                    step.adjoint_in_place(&mut kept, &mut state).unwrap();
                    assert_eq!(values(&state), values(&of_before), "{about}");
                    assert_eq!(values(&kept), values(&sum), "{about}");
                }
            }
        };
    }

    fn values<T: Scalar>(field: &Field<T, 1>) -> Vec<T> {
        let points = field.grid().extent()[0];
        (0..points).filter_map(|at| field.get([at])).collect()
    }

    #[test]
    fn rows_have_any_length() {
        rows_of_any_length!(Narrow, narrow, 1, f32);
        rows_of_any_length!(Narrow, narrow, 1, f64);
        rows_of_any_length!(Broad, broad, 7, f32);
        rows_of_any_length!(Broad, broad, 7, f64);
    }

    /// Rows of any length, from any place of a line on, have the same values whichever way they are stored.
    #[test]
    fn rows_past_the_caches_have_any_length() {
        for set in [
            InstructionSet::Baseline,
            InstructionSet::Avx2,
            InstructionSet::Avx512,
        ] {
            for points in 15..=130 {
                for boundary in [Boundary::Zero, Boundary::Valid] {
                    let grid = Grid::new(&Comm::solo(), [points]).unwrap();
                    let [now, before, c] = [1, 2, 3].map(|seed| grid.random::<f64>(seed));
                    let stored = |cache| {
                        let step = Broad { c: (&c).into() };
                        let step = step.boundary(boundary).on(&grid).unwrap();
                        step.tune(|tuning| {
                            tuning.instruction_set = set;
                            tuning.cache = cache;
                        })
                        .unwrap();
                        values(&step.forward(&(now.clone(), before.clone())).unwrap())
                    };
                    let through = stored(usize::MAX);
                    assert_eq!(stored(0), through, "{points} points, {boundary}, {set:?}");
                }
            }
        }
    }
}
