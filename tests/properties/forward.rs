//! The forward gives, on any ranks, the bits of the plain kernel function called point by point on the whole array.

use std::iter::repeat_n;

use crate::common::case::{Case, Limits};
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::{Random, cases};
use crate::common::subject::{Subject, bits};
use crate::for_the_zoo;

const LIMITS: Limits = Limits {
    cells: 1500,
    ranks: 12,
    stretch: 12,
    valid_for_all: false,
};

fn forward<const D: usize>(subject: &Subject<D>) {
    let mut random = Random::new(2);
    let tries = cases(20);
    let mut refused = 0;
    for _ in 0..tries {
        let case = Case::draw(subject, &mut random, LIMITS);
        let application = subject.application(&case);
        let found = match within(60, || subject.run(&case, &application)) {
            Ok(outcome) => outcome.forward,
            Err(error) if case.allows(subject, &error) => {
                refused += 1;
                continue;
            }
            Err(error) => panic!("{}: {error}\n{case:?}", subject.name),
        };
        let expected = (subject.forward)(&case, &application.inputs);
        for (output, (found, expected)) in found.iter().zip(expected).enumerate() {
            let places = case
                .indices()
                .flat_map(|index| repeat_n(index, subject.parts));
            for (index, (found, expected)) in places.zip(found.iter().zip(expected)) {
                let value = f64::from_bits(*found);
                let place = format!("{}, output {output} at {index:?}", subject.name);
                assert_eq!(
                    *found,
                    bits(expected),
                    "{place}: {value} instead of {expected}\n{case:?}"
                );
            }
        }
    }
    assert!(
        refused * 4 < tries,
        "{}: {refused} of {tries} cases were refused",
        subject.name
    );
}

for_the_zoo!(forward);
