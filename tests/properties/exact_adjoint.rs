//! <A x, y> == <x, Aᵀ y> over the prime field, through the generated code, packers, exchange and folds.

use crate::common::case::{Case, Limits};
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::{Random, cases};
use crate::common::subject::Subject;
use crate::for_the_zoo;

const LIMITS: Limits = Limits {
    cells: 3000,
    ranks: 27,
    stretch: 14,
    valid_for_all: true,
};

fn exact_adjoint<const D: usize>(subject: &Subject<D>) {
    let mut random = Random::new(1);
    let tries = cases(40);
    let mut refused = 0;
    for _ in 0..tries {
        let case = Case::draw(subject, &mut random, LIMITS);
        match within(60, || subject.exact_adjoint_test(&case)) {
            Ok(()) => assert!(
                !case.is_impossible(subject),
                "{} should be refused\n{case:?}",
                subject.name
            ),
            Err(error) if case.allows(subject, &error) => refused += 1,
            Err(error) => panic!("{}: {error}\n{case:?}", subject.name),
        }
    }
    assert!(
        refused * 4 < tries,
        "{}: {refused} of {tries} cases were refused",
        subject.name
    );
}

for_the_zoo!(exact_adjoint);
