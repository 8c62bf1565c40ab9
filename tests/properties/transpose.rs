//! The adjoint is the transpose of the matrix that the plain kernel function gives column by column.

use std::iter::repeat_n;

use crate::common::case::{Case, Limits};
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::oracle;
use crate::common::random::{Random, cases};
use crate::common::subject::Subject;
use crate::for_the_zoo;
use halo::Boundary;

const LIMITS: Limits = Limits {
    cells: 60,
    ranks: 8,
    stretch: 9,
    valid_for_all: false,
};

fn transpose<const D: usize>(subject: &Subject<D>) {
    let mut random = Random::new(3);
    let tries = cases(12);
    let tolerance = if subject.scalar.contains("f32") {
        1e-5
    } else {
        1e-13
    };
    let mut refused = 0;
    for _ in 0..tries {
        let case = Case::draw(subject, &mut random, LIMITS);
        let application = subject.application(&case);
        let found = match within(60, || subject.run(&case, &application)) {
            Ok(outcome) => outcome.adjoint,
            Err(error) if case.allows(subject, &error) => {
                refused += 1;
                continue;
            }
            Err(error) => panic!("{}: {error}\n{case:?}", subject.name),
        };
        let expected = oracle::adjoint(subject, &case, &application.outputs);
        let largest = expected
            .iter()
            .flatten()
            .fold(1.0, |largest: f64, value| largest.max(value.abs()));
        for (input, (found, expected)) in found.iter().zip(expected).enumerate() {
            let places = case
                .indices()
                .flat_map(|index| repeat_n(index, subject.parts));
            for (index, (found, expected)) in places.zip(found.iter().zip(expected)) {
                let found = f64::from_bits(*found);
                let place = format!("{}, input {input} at {index:?}", subject.name);
                let close = (found - expected).abs() <= tolerance * largest;
                assert!(close, "{place}: {found} instead of {expected}\n{case:?}");
            }
        }
    }
    assert!(
        refused * 3 < tries,
        "{}: {refused} of {tries} cases were refused",
        subject.name
    );
}

for_the_zoo!(transpose);

/// Axes so short that rows with a formula of their own are all there are, or all that `Valid` leaves.
#[test]
fn short_axes() {
    let subject = Subject::<1>::of::<LongStart, 1>();
    for extent in 2..8 {
        for low in Boundary::ALL {
            for high in Boundary::ALL {
                let case = Case {
                    extent: [extent],
                    periodic: [false],
                    process_grid: [1],
                    blocks: None,
                    axes: vec![0],
                    kinds: [[low, high]],
                    coefficient_kind: Boundary::Zero,
                    seed: 1,
                };
                match subject.exact_adjoint_test(&case) {
                    Ok(()) => assert!(!case.is_impossible(&subject), "{case:?}"),
                    Err(error) => assert!(case.allows(&subject, &error), "{error}\n{case:?}"),
                }
            }
        }
    }
}
