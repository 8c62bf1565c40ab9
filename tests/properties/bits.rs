//! The same bits everywhere: ranks, process grids, threads, instruction sets and overlap change nothing, NaNs included.

use halo::stencil::InstructionSet;

use crate::common::case::{Case, Limits, deal_out, is_refusal};
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::{Random, cases};
use crate::common::subject::{Application, Subject, Tuning};
use crate::for_the_zoo;

const LIMITS: Limits = Limits {
    cells: 1200,
    ranks: 27,
    stretch: 30,
    valid_for_all: true,
};
const PLAINEST: Tuning = Tuning {
    instruction_set: InstructionSet::Baseline,
    threads: 1,
    overlap: false,
};

fn instruction_sets() -> Vec<InstructionSet> {
    let all = [
        InstructionSet::Baseline,
        InstructionSet::Avx2,
        InstructionSet::Avx512,
    ];
    all.into_iter()
        .filter(|set| *set <= InstructionSet::detect())
        .collect()
}

fn same_bits<const D: usize>(subject: &Subject<D>) {
    let mut random = Random::new(4);
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..cases(5) {
        let case = Case::draw(subject, &mut random, LIMITS).on_one_rank();
        let mut application = Application {
            tuning: PLAINEST,
            ..subject.application(&case)
        };
        if random.chance(30) {
            // Not a number in one cell of each, and whatever comes of it.
            application.inputs[0][random.between(0, case.cells() - 1)] = f64::NAN;
            application.outputs[0][random.between(0, case.cells() - 1)] = f64::NAN;
        }
        let Ok(expected) = subject.run(&case, &application) else {
            continue;
        };
        for ranks in [1, 2, 3, 4, 8, 27] {
            let process_grid = deal_out(&mut random, ranks);
            if (0..D).any(|axis| process_grid[axis] > case.extent[axis]) {
                continue;
            }
            let other = Case {
                process_grid,
                ..case.clone()
            };
            application.tuning = Tuning {
                instruction_set: random.pick(&instruction_sets()),
                threads: random.between(1, 3),
                overlap: random.chance(50),
            };
            match within(60, || subject.run(&other, &application)) {
                Ok(found) => {
                    let tuning = application.tuning;
                    assert_eq!(
                        found, expected,
                        "{} with {tuning:?}\n{other:?}",
                        subject.name
                    );
                    compared += 1;
                }
                Err(error) if is_refusal(&error) && other.is_thin(subject) => refused += 1,
                Err(error) => panic!("{}: {error}\n{other:?}", subject.name),
            }
        }
    }
    assert!(
        compared > refused,
        "{}: {compared} runs compared, {refused} refused",
        subject.name
    );
}

for_the_zoo!(same_bits);

/// Grids so large that a sweep is cut between threads, at every number of threads.
fn threads_on_large_grids<const D: usize>(subject: &Subject<D>, extent: [usize; D]) {
    let mut case = Case::draw(subject, &mut Random::new(5), LIMITS).on_one_rank();
    case.extent = extent;
    let mut application = Application {
        tuning: PLAINEST,
        ..subject.application(&case)
    };
    let expected = subject
        .run(&case, &application)
        .expect("a large grid is refused by nobody");
    for instruction_set in instruction_sets() {
        for (threads, ranks) in [(1, 1), (2, 1), (3, 1), (7, 1), (2, 2)] {
            let mut process_grid = [1; D];
            process_grid[0] = ranks;
            let other = Case {
                process_grid,
                ..case.clone()
            };
            application.tuning = Tuning {
                instruction_set,
                threads,
                overlap: true,
            };
            let found =
                within(60, || subject.run(&other, &application)).expect("nor on more ranks");
            let tuning = application.tuning;
            // The arrays are too large to be printed.
            assert!(
                found == expected,
                "{} with {tuning:?} on {ranks} ranks\n{other:?}",
                subject.name
            );
        }
    }
}

#[test]
fn threads_change_nothing() {
    threads_on_large_grids(&Subject::<1>::of::<Wide, 1>(), [150_001]);
    threads_on_large_grids(&Subject::<2>::of::<Anisotropic, 2>(), [301, 401]);
    threads_on_large_grids(&Subject::<3>::of::<Curl, 3>(), [61, 53, 47]);
}
