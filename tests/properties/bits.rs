//! The same bits everywhere: ranks, process grids, threads, instruction sets and overlap change nothing, NaNs included.

use halo::stencil::InstructionSet;

use crate::common::case::{Case, Limits, deal_out};
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::{Random, cases};
use crate::common::subject::{Application, Subject, Tuning};
use crate::for_the_zoo;

pub const LIMITS: Limits = Limits {
    cells: 1200,
    ranks: 27,
    stretch: 30,
    valid_for_all: true,
};
pub const PLAINEST: Tuning = Tuning {
    instruction_set: InstructionSet::Baseline,
    threads: 1,
    overlap: false,
    cache: usize::MAX,
};

pub fn instruction_sets() -> Vec<InstructionSet> {
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
            application.inputs[0][random.between(0, case.cells() * subject.parts - 1)] = f64::NAN;
            application.outputs[0][random.between(0, case.cells() * subject.parts - 1)] = f64::NAN;
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
                cache: random.pick(&[0, usize::MAX]),
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
                Err(error) if other.allows(subject, &error) => refused += 1,
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
