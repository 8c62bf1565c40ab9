//! The row bodies of one direction of a stencil, as the walk calls them.
//!
//! The walk over a block is the same for every stencil and is compiled once per scalar and rank; only what stands
//! behind this trait is compiled per kernel.

use arrayvec::ArrayVec;

use crate::{
    exchange::PackFn,
    scalar::{Element, Lanes, Lift, OneByOne, Stored},
    stencil::{
        contract::{Facts, Pass, Stencil},
        dispatch::{Dispatch, InstructionSet, Isa, Work},
        row::{Row, Stream, Traffic},
        sweep::MAX_FIELDS,
        tile::{Streams, Written},
    },
};

/// The formula of rows of points, and how their messages are packed.
pub(crate) trait Rows<S>: Sync {
    /// So many rows of interior points from one on, written from the beginning of the outputs on.
    fn interior(
        &self,
        dispatch: Dispatch,
        row: &Row<'_, S>,
        rows: usize,
        out: &mut [Written<'_, S>],
    );

    /// The same of any points.
    fn edge(&self, row: &Row<'_, S>, rows: usize, out: &mut [Written<'_, S>]);

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
                out: &mut [Written<'_, S>],
            ) {
                dispatch.run($work(self.0, row, rows, out));
            }

            fn edge(&self, row: &Row<'_, S>, rows: usize, out: &mut [Written<'_, S>]) {
                if const { $all_alike(&K::FACTS) } {
                    let baseline = Dispatch::new(InstructionSet::Baseline);
                    return self.interior(baseline, row, rows, out);
                }
                each(row, rows, out, |row, out| {
                    self.0.$edge::<S::In<OneByOne>>(&row.of(), out)
                });
            }

            fn packer(&self) -> PackFn<S> {
                K::pack
            }
        }

        struct $work<'a, 'b, 'c, K, S>(&'a K, &'a Row<'a, S>, usize, &'b mut [Written<'c, S>]);

        impl<K: Stencil, S: Stored<K::Scalar>> Work for $work<'_, '_, '_, K, S> {
            const VECTORISES: bool = S::VECTORISES;

            #[inline(always)]
            fn run<I: Isa>(self) {
                let points = self.1.len;
                if const { !K::FACTS.$pass.lanes || !S::IN_VECTORS } {
                    self.on::<S::In<OneByOne>>();
                } else if points >= const { <S::In<I::Block>>::LANES } {
                    self.on::<S::In<I::Block>>();
                } else if points >= const { <S::In<I::Single>>::LANES } {
                    self.on::<S::In<I::Single>>();
                } else {
                    self.on::<S::In<OneByOne>>();
                }
            }
        }

        impl<K: Stencil, S: Stored<K::Scalar>> $work<'_, '_, '_, K, S> {
            /// The rows, with a formula that is evaluated on so many points at a time.
            #[inline(always)]
            fn on<V: Lift<K::Scalar, Cell = S>>(self) {
                let $work(kernel, row, rows, out) = self;
                let row = numbered(row, const { &K::FACTS.$pass });
                let along = const { wide(&K::FACTS.$pass) }
                    && runs_along(&row, const { K::FACTS.axes.len() });
                // Written out for either case: which one it is, the compiler then knows.
                match along {
                    true => each(
                        &Row { along: true, ..row },
                        rows,
                        out,
                        #[inline(always)]
                        |row, out| kernel.$interior::<V>(&row.of(), out),
                    ),
                    false => each(
                        &Row {
                            along: false,
                            ..row
                        },
                        rows,
                        out,
                        #[inline(always)]
                        |row, out| kernel.$interior::<V>(&row.of(), out),
                    ),
                }
            }
        }
    };
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

/// Calls a body for one row after the other.
#[inline(always)]
fn each<S: Element>(
    row: &Row<'_, S>,
    rows: usize,
    out: &mut [Written<'_, S>],
    body: impl Fn(&Row<'_, S>, &mut [&mut [S]]),
) {
    let mut streams = Streams::new();
    streams.extend(row.traffic.streams.iter().copied());
    for number in 0..rows {
        let mut values: ArrayVec<&mut [S], MAX_FIELDS> = ArrayVec::new();
        for out in &mut *out {
            values.push(out.row(number, 0, row.len));
        }
        let row = Row {
            number: row.number + number,
            traffic: Traffic {
                streams: &streams,
                ..row.traffic
            },
            ..*row
        };
        body(&row, &mut values);
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
