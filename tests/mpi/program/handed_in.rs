//! Programs that start MPI themselves and hand a communicator in.

use std::process::ExitCode;

use halo::prelude::*;
use halo::{Error, Result};
use mpi::Threading;
use mpi::traits::Communicator;

use super::comm;
use super::common::kernels::SevenPoint;
use super::harness::report;

pub fn run(what: Option<&str>) -> ExitCode {
    match what {
        Some("single") => report(single()),
        Some("panic") => {
            let (_universe, comm) = start().expect("MPI starts");
            assert!(comm.rank() + 1 < comm.size(), "no {} today", 42);
            report(comm.barrier())
        }
        _ => report(checks()),
    }
}

fn start() -> Result<(mpi::environment::Universe, Comm)> {
    let (universe, _) = mpi::initialize_with_threading(Threading::Funneled)
        .ok_or_else(|| Error::Invalid("MPI was started before".into()))?;
    let comm = Comm::from_mpi(&universe.world())?;
    Ok((universe, comm))
}

fn checks() -> Result {
    let (universe, comm) = start()?;
    let world = universe.world();
    comm::checks(&comm)?;

    // Half of the ranks, by a communicator of the program; its own messages go on beside.
    let half = world.split_by_color(mpi::topology::Color::with_value(world.rank() % 2));
    let half = Comm::from_mpi(&half.ok_or_else(|| Error::Invalid("no part".into()))?)?;
    assert_eq!(half.size(), (comm.size() + 1 - comm.rank() % 2) / 2);
    let problem = |comm: &Comm| -> Result<_> {
        let grid = Grid::new(comm, [10, 9, 8])?;
        let operator = SevenPoint { w: [1.0, 0.3, 0.7] }.on(&grid)?;
        operator.exact_adjoint_test()?;
        Ok((grid.random::<f64>(1), operator))
    };
    drop(problem(&half)?);
    let (x, operator) = problem(&comm)?;

    // A job started while MPI is at work uses it.
    let size = halo::launch(|comm| Ok(comm.size()))?;
    assert_eq!(size, comm.size());

    // MPI takes no calls from another thread at this level, and halo makes none.
    if mpi::environment::threading_support() < Threading::Serialized {
        let elsewhere = std::thread::scope(|scope| scope.spawn(|| comm.barrier()).join());
        let error = elsewhere.expect("no panic").unwrap_err().to_string();
        assert!(error.contains("main thread"), "{error}");
    }

    // Dropped before MPI is finalised, and after.
    drop(problem(&comm)?);
    comm.barrier()?;
    drop(universe);
    if comm.size() > 1 {
        let error = operator.forward(&x).map(drop).unwrap_err().to_string();
        assert!(error.contains("MPI is not at work"), "{error}");
    }
    drop((operator, x, half, comm));
    Ok(())
}

/// MPI started for a single thread is refused.
fn single() -> Result {
    let (universe, level) = mpi::initialize_with_threading(Threading::Single)
        .ok_or_else(|| Error::Invalid("MPI was started before".into()))?;
    match Comm::from_mpi(&universe.world()) {
        Ok(_) if level >= Threading::Funneled => Ok(()),
        Ok(_) => Err(Error::Invalid("this should have been refused".into())),
        Err(error) => {
            assert!(error.to_string().contains("single thread"), "{error}");
            Ok(())
        }
    }
}
