//! Running a program as a rank under MPI, from its start to an end that all ranks reach together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

use super::job::Job;
use super::note::Note;
use super::rank::MpiRank;
use super::raw;
use super::roll_call::gather;
use crate::comm::communicator::Comm;
use crate::comm::gathering::Gathering;
use crate::comm::launch::said;
use crate::comm::launcher::Launcher;
use crate::comm::report::Report;
use crate::error::{Error, Result};

/// How long a rank that has ended waits before it tells the others, who may wait for it.
const QUIET: Duration = Duration::from_secs(1);

/// How long a rank that has failed waits for the others to end by themselves.
const GRACE: Duration = Duration::from_secs(20);

/// Whether this process runs a program.
static RUNNING: AtomicBool = AtomicBool::new(false);

/// Runs `program` as this process's rank of the job; `None` where it runs one already.
pub(in crate::comm) fn launch<R>(
    launcher: &Launcher,
    program: impl Fn(&Comm) -> Result<R>,
) -> Option<Result<R>> {
    if RUNNING.swap(true, SeqCst) {
        return None;
    }
    let outcome = MpiRank::start().and_then(|rank| {
        check_launcher(launcher, rank.job())?;
        Ok(run(rank, program))
    });
    RUNNING.store(false, SeqCst);
    Some(outcome.flatten())
}

/// A launcher of another MPI than the one that the program was built with starts processes that know nothing of each
/// other.
fn check_launcher(launcher: &Launcher, job: &Job) -> Result {
    match launcher.ranks {
        Some(ranks) if ranks > 1 && job.all().size() == 1 => {
            let name = launcher.name;
            let library = raw::version();
            Err(Error::Communication(format!(
                "{name} has started {ranks} processes, but this program was built with another MPI library ({library}) \
                 and sees one; start it with the launcher of that library, or build it with `MPICC` set to the other's"
            )))
        }
        _ => Ok(()),
    }
}

fn run<R>(rank: MpiRank, program: impl Fn(&Comm) -> Result<R>) -> Result<R> {
    let job = rank.job().clone();
    let comm = Comm::new(rank);
    raw::at_work(Some(job.all().rank()));
    // Whatever the panic left half done is dropped with this rank's program; the others are told to stop.
    let outcome = catch_unwind(AssertUnwindSafe(|| program(&comm)));
    let outcome = outcome.unwrap_or_else(|panic| {
        Err(Error::Panicked {
            rank: job.all().rank(),
            message: said(panic.as_ref()),
        })
    });
    let outcome = close(&job, outcome);
    raw::at_work(None);
    outcome
}

/// Ends the job: every rank gets its value where all have one, or else all get the error of the lowest rank that failed
/// by itself.
fn close<R>(job: &Arc<Job>, outcome: Result<R>) -> Result<R> {
    let report = match &outcome {
        Ok(_) => vec![],
        Err(error) => {
            let own = job.fail(error);
            [&[u8::from(own)], &*Report::new(error).encode()].concat()
        }
    };
    let mut patience = job.patience();
    let mut quiet = true;
    let reports = gather(job.all(), Gathering::AllGather, &report, |operation| {
        while !operation.test()? {
            patience.pause();
            if !patience.has_time() {
                continue;
            }
            match &outcome {
                Ok(_) if quiet && patience.waited() > QUIET => {
                    job.tell(&Note::Finished);
                    quiet = false;
                }
                // The others compute, or wait outside of halo, and never look at their notes.
                Err(error) if patience.waited() > GRACE => job.end(error),
                _ => {}
            }
        }
        Ok(())
    })?;
    // All notes are sent by now; those that nobody needed are read, lest MPI miss them at its end.
    let mut barrier = job.all().barrier()?;
    while !barrier.test()? {
        patience.pause();
    }
    job.listen()?;
    let failed = |own| move |report: &&Vec<u8>| report.first().is_some_and(|by| own <= *by);
    let cause = reports.iter().position(|report| failed(1)(&report));
    let Some(cause) = cause.or_else(|| reports.iter().position(|report| failed(0)(&report))) else {
        return outcome;
    };
    if outcome.is_err() && reports.iter().all(|report| *report == reports[cause]) {
        return outcome;
    }
    Err(Report::decode(&reports[cause][1..]).into_error(cause))
}
