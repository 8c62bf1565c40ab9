//! Operators of the zoo under MPI: exact adjoints, and the bits of a run on one thread rank.

use halo::Result;
use halo::exchange::{Exchange, Footprint, Slab};
use halo::prelude::*;
use halo::stencil::InstructionSet;

use super::common::case::{Case, Limits, deal_out};
use super::common::kernels::*;
use super::common::random::{Random, cases};
use super::common::subject::{Application, Outcome, Subject, Tuning};
use super::harness::check;
use super::parcel;

const LIMITS: Limits = Limits {
    cells: 1500,
    ranks: 27,
    stretch: 30,
    valid_for_all: true,
};

pub fn checks(comm: &Comm) -> Result {
    zoo(comm, &Subject::<2>::of::<Centred, 1>())?;
    zoo(comm, &Subject::<1>::of::<Wide, 1>())?;
    zoo(comm, &Subject::<4>::of::<Divergence, 2>())?;
    zoo(comm, &Subject::<2>::of::<Anisotropic, 2>())?;
    zoo(comm, &Subject::<3>::of::<Nested, 2>())?;
    zoo(comm, &Subject::<3>::of::<Box27, 3>())?;
    zoo(comm, &Subject::<2>::of::<Functions, 2>())?;
    zoo(comm, &Subject::<2>::of::<Far, 1>())?;
    zoo(comm, &Subject::<2>::of::<Absorbing, 2>())?;
    check(comm, "several operators", || several_operators(comm))?;
    check(comm, "several exchanges", || several_exchanges(comm))
}

/// Random cases of one kernel on all ranks. Every rank draws the same.
fn zoo<const D: usize>(comm: &Comm, subject: &Subject<D>) -> Result {
    check(comm, subject.name, || {
        let mut random = Random::new(11);
        let (mut compared, mut tries) = (0, 0);
        while compared < cases(3) {
            tries += 1;
            assert!(
                tries < 100 * cases(3),
                "few cases fit {} ranks",
                comm.size()
            );
            let case = Case::draw(subject, &mut random, LIMITS).on_one_rank();
            let mut application = Application {
                tuning: Tuning {
                    instruction_set: InstructionSet::Baseline,
                    threads: 1,
                    overlap: false,
                    cache: usize::MAX,
                },
                ..subject.application(&case)
            };
            let process_grid = deal_out(&mut random, comm.size());
            let Ok(expected) = subject.run(&case, &application) else {
                continue;
            };
            if (0..D).any(|axis| process_grid[axis] > case.extent[axis]) {
                continue;
            }
            let other = Case {
                process_grid,
                ..case
            };
            application.tuning = Tuning {
                threads: random.between(1, 2),
                cache: random.pick(&[0, usize::MAX]),
                ..Tuning::default()
            };
            match run(comm, subject, &other, &application) {
                Ok(found) => assert_eq!(found, expected, "{other:?}"),
                Err(error) if other.allows(subject, &error) => continue,
                Err(error) => return Err(error),
            }
            subject.exact_adjoint_test_on(comm, &other)?;
            compared += 1;
        }
        Ok(())
    })
}

/// Applies the operator on all ranks; each gets the whole outcome.
fn run<const D: usize>(
    comm: &Comm,
    subject: &Subject<D>,
    case: &Case<D>,
    application: &Application,
) -> Result<Outcome> {
    let part = subject.apply(case, comm, application)??;
    let parts = comm.all_gather(&parcel::wrap(&part))?;
    Ok(subject.outcome(
        case,
        parts.iter().map(|bytes| parcel::unwrap(bytes)).collect(),
    ))
}

/// Operators of the same and of other stencils on one grid, applied in turn.
fn several_operators(comm: &Comm) -> Result {
    let run = |comm: &Comm| -> Result<u64> {
        let grid = Grid::new(comm, [14, 13, 12])?;
        let curl = Curl.on(&grid)?;
        let weights = [1.0, 0.3, 0.7];
        let (first, second) = (
            SevenPoint { w: weights }.on(&grid)?,
            SevenPoint { w: weights }
                .boundary(Boundary::Mirror)
                .on(&grid)?,
        );
        let mut x = grid.random::<f64>(5);
        for _ in 0..4 {
            let y = second.adjoint(&first.forward(&x)?)?;
            let z = first.adjoint(&second.forward(&x)?)?;
            curl.exact_adjoint_test()?;
            x = y;
            x.zip(&z, |x, z| *x = 1e-2 * (*x - z))?;
        }
        Ok(x.norm()?.to_bits())
    };
    assert_eq!(run(comm)?, run(&Comm::solo())?);
    Ok(())
}

/// Exchanges of several fields under way at once, finished in another order than begun, and an operator applied while
/// they are: its messages are between the same ranks, and of the same lengths.
fn several_exchanges(comm: &Comm) -> Result {
    let weights = [1.0, 0.3, 0.7];
    let run = |comm: &Comm| -> Result<u64> {
        let grid = Grid::builder(comm, [16, 15, 14])
            .margin([[1, 1]; 3])
            .periodic([true, false, true])
            .build()?;
        let star = Footprint::new(SevenPoint::FOOTPRINT.iter().copied());
        let corners = Footprint::new([[-1, -1, -1], [1, 1, 1], [0, 1, -1]]);
        let operator = SevenPoint { w: weights }.on(&grid)?;
        let mut exchanges = [
            Exchange::new(&grid, &star)?,
            Exchange::new(&grid, &corners)?,
            Exchange::new(&grid, &star)?,
        ];
        let mut x = grid.random::<f64>(3);
        for seed in 0..10 {
            let others = [1, 2, 3].map(|k| grid.random::<f64>(100 * k + seed));
            let [a, b, c] = &mut exchanges;
            let first = a.begin(&others[0], Slab::pack_any)?;
            let second = b.begin(&others[1], Slab::pack_any)?;
            let mut third = c.begin(&others[2], Slab::pack_any)?;
            third.progress()?;
            x = operator.adjoint(&operator.forward(&x)?)?;
            second.finish()?;
            // Dropped: brought to its end when the exchange begins anew.
            drop(third);
            first.finish()?;
        }
        Ok(x.norm()?.to_bits())
    };
    assert_eq!(run(comm)?, run(&Comm::solo())?);
    Ok(())
}
