//! The number of threads changes nothing, on grids so large that a sweep is cut between them.

use crate::bits::{LIMITS, PLAINEST, instruction_sets};
use crate::common::case::Case;
use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::Random;
use crate::common::subject::{Application, Subject, Tuning};

/// Every number of threads, on one rank and on two.
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
                cache: if threads == 2 { 0 } else { usize::MAX },
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
