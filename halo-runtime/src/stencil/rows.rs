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
        dispatch::{Dispatch, InstructionSet, Work},
        row::{Output, Row, Stream, Traffic},
        sweep::MAX_FIELDS,
        tile::{Streams, Written},
    },
};

/// The formula of rows of points, and how their messages are packed.
pub(crate) trait Rows<S>: Sync {
    /// So many rows of interior points from one on, written from the beginning of the outputs on.
    fn interior(&self, dispatch: Dispatch, row: &Row<'_, S>, rows: usize, out: &[Written<'_, S>]);

    /// The same of any points.
    fn edge(&self, row: &Row<'_, S>, rows: usize, out: &[Written<'_, S>]);

    /// Packs a message of fields that the rows read.
    fn packer(&self) -> PackFn<S>;
}

/// y = A x.
pub(crate) struct Forward<'a, K>(pub &'a K);

/// x = Aᵀ y.
pub(crate) struct Adjoint<'a, K>(pub &'a K);

macro_rules! rows {
    ($direction:ident, $work:ident, $pass:ident, $interior:ident, $edge:ident, $all_alike:expr) => {
        impl<K: Stencil, S: Stored<K::Scalar>> Rows<S> for $direction<'_, K> {
            fn interior(
                &self,
                dispatch: Dispatch,
                row: &Row<'_, S>,
                rows: usize,
                out: &[Written<'_, S>],
            ) {
                let points = row.len;
                let part = |first, end| $work(self.0, row, rows, out, [first, end]);
                if const { !K::FACTS.$pass.lanes || !S::IN_VECTORS } {
                    return dispatch.run(Loops(part(0, points)));
                }
                // In blocks of vectors, what is left in smaller ones, and what is left then one by one.
                let once = !row.overwritten.is_empty() || out.iter().any(|out| out.added);
                let mut done = 0;
                for dispatch in [dispatch, Dispatch::new(InstructionSet::Baseline)] {
                    let block = dispatch.block_bytes() / size_of::<S>();
                    let end = match once {
                        true => points - (points - done) % block,
                        false if points - done >= block => points,
                        false => done,
                    };
                    if end > done {
                        dispatch.run(Blocks(part(done, end)));
                    }
                    done = end;
                }
                if points > done {
                    dispatch.run(Few(part(done, points)));
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

            fn packer(&self) -> PackFn<S> {
                K::pack
            }
        }

        /// The points of all rows between two.
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
            const WIDE: bool = wide(&K::FACTS.$pass);

            #[inline(always)]
            fn run<V: Lift<K::Scalar, Number = S>>(self) {
                let $work(kernel, row, rows, out, [first, end]) = self;
                let row = Row {
                    first: row.first + first,
                    len: end - first,
                    ..numbered(row, const { &K::FACTS.$pass })
                };
                let along = const { wide(&K::FACTS.$pass) }
                    && runs_along(&row, const { K::FACTS.axes.len() });
                // Written out for either case: which one it is, the compiler then knows.
                match along {
                    true => each(
                        &Row { along: true, ..row },
                        rows,
                        (out, first),
                        #[inline(always)]
                        |row, out| kernel.$interior::<V>(&row.of(), out),
                    ),
                    false => each(
                        &Row {
                            along: false,
                            ..row
                        },
                        rows,
                        (out, first),
                        #[inline(always)]
                        |row, out| kernel.$interior::<V>(&row.of(), out),
                    ),
                }
            }
        }
    };
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
    Forward,
    ForwardRows,
    forward,
    forward_interior,
    forward_edge,
    uncut
);
rows!(
    Adjoint,
    AdjointRows,
    adjoint,
    adjoint_interior,
    adjoint_edge,
    never
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
    true
}

const fn never(_: &Facts) -> bool {
    false
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
fn numbered<'a, S>(row: &Row<'a, S>, pass: &Pass) -> Row<'a, S> {
    Row {
        taps: &row.taps[..pass.taps.len()],
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
