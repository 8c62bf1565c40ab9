//! Starting a job: the same program on every rank, and one answer for the caller.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::communicator::Comm;
use super::environment;
use super::launcher::Launcher;
use super::threads::{Job, ThreadRank};
use crate::error::{Error, Result};

/// Bytes of stack for each rank: what the main thread of a program usually has.
const STACK: usize = 8 << 20;

/// Runs `program` on all ranks of a job and returns the value of rank 0.
///
/// Started alone, the ranks are threads of this process; `HALO_RANKS` says how many, by default one for each core.
/// Started by an MPI launcher (`mpirun -n 8`, `srun`), in a build with the feature `mpi`, each process is a rank, and
/// returns its own value. Within a program that is already a rank under MPI, a further job runs on threads.
///
/// When a rank fails or panics the job ends: waiting ranks are woken with [`Error::Aborted`], and the error returned is
/// that of the lowest rank that failed by itself, a panic being [`Error::Panicked`]. Under MPI every process returns
/// that error, as [`Error::OnRank`] where the ranks did not all fail alike.
///
/// ```
/// fn main() -> halo::Result {
///     halo::launch(|comm| {
///         let mut ranks = [1];
///         comm.all_reduce_sum(&mut ranks)?;
///         assert_eq!(ranks[0] as usize, comm.size());
///         Ok(())
///     })
/// }
/// ```
pub fn launch<R: Send>(program: impl Fn(&Comm) -> Result<R> + Sync) -> Result<R> {
    let ranks = environment::count("HALO_RANKS")?;
    launch_or(ranks.unwrap_or_else(environment::cores), program)
}

/// [`launch`] with the number of ranks given for a program that is started alone; a launcher has its own.
///
/// ```
/// // For programs with an option `--ranks`.
/// let size = halo::launch_or(3, |comm| Ok(comm.size()))?;
/// # assert_eq!(size, 3);
/// # Ok::<(), halo::Error>(())
/// ```
pub fn launch_or<R: Send>(ranks: usize, program: impl Fn(&Comm) -> Result<R> + Sync) -> Result<R> {
    if let Some(launcher) = Launcher::detect()? {
        #[cfg(feature = "mpi")]
        if let Some(outcome) = super::mpi::launch(&launcher, &program) {
            return outcome;
        }
        #[cfg(not(feature = "mpi"))]
        launcher.warn();
    }
    launch_on(ranks, program)
}

/// [`launch`] with the number of ranks given, as threads of this process whatever the environment says.
///
/// ```
/// assert_eq!(halo::launch_on(8, |comm| Ok(comm.size()))?, 8);
/// # Ok::<(), halo::Error>(())
/// ```
pub fn launch_on<R: Send>(ranks: usize, program: impl Fn(&Comm) -> Result<R> + Sync) -> Result<R> {
    let values = launch_all(ranks, program)?;
    values.into_iter().next().ok_or(Error::NoRanks)
}

/// [`launch_on`], returning the values of all ranks in their order.
///
/// ```
/// assert_eq!(halo::launch_all(3, |comm| Ok(comm.rank() * comm.rank()))?, [0, 1, 4]);
/// # Ok::<(), halo::Error>(())
/// ```
pub fn launch_all<R: Send>(
    ranks: usize,
    program: impl Fn(&Comm) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if ranks == 0 {
        return Err(Error::NoRanks);
    }
    let job = Arc::new(Job::new(ranks));
    let values = thread::scope(|scope| {
        let (job, program) = (&job, &program);
        let start = |rank: usize| {
            let builder = thread::Builder::new()
                .name(format!("rank {rank}"))
                .stack_size(STACK);
            let thread = builder.spawn_scoped(scope, move || run(job, rank, program));
            thread.map_err(|error| {
                let message = format!("could not start rank {rank} of {ranks}: {error}");
                job.fail(rank, &Error::Communication(message));
                job.finish();
            })
        };
        let threads: Vec<_> = (0..ranks).map(start).collect();
        let values = threads.into_iter().map(|thread| thread.ok()?.join().ok()?);
        values.collect::<Vec<Option<R>>>()
    });
    match job.root_cause() {
        Some(error) => Err(error),
        None => Ok(values.into_iter().flatten().collect()),
    }
}

/// Runs one rank's program to its end, be it a value, an error or a panic, and tells the job.
fn run<R>(job: &Arc<Job>, rank: usize, program: impl Fn(&Comm) -> Result<R>) -> Option<R> {
    let comm = Comm::new(ThreadRank::new(job.clone(), rank));
    // Whatever the panic left half done is dropped with this rank's program; the others are told to stop.
    let outcome = catch_unwind(AssertUnwindSafe(|| program(&comm)));
    let outcome = outcome.unwrap_or_else(|panic| {
        Err(Error::Panicked {
            rank,
            message: said(panic.as_ref()),
        })
    });
    if let Err(error) = &outcome {
        job.fail(rank, error);
    }
    job.finish();
    outcome.ok()
}

pub(super) fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("with a payload that is no text").to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    use super::*;
    use crate::comm::deadline::promptly;
    use crate::comm::{Route, Routes};

    fn invalid(message: &str) -> Error {
        Error::Invalid(message.into())
    }

    type Wait = fn(&Comm) -> Result;

    /// The ways to be caught waiting when another rank fails.
    const WAITS: [(&str, Wait); 5] = [
        ("receive", |comm| comm.receive(comm.size() - 1, 9).map(drop)),
        ("barrier", |comm| comm.barrier()),
        ("all_gather", |comm| comm.all_gather(b"here").map(drop)),
        ("all_reduce_sum", |comm| comm.all_reduce_sum(&mut [1])),
        ("broadcast", |comm| {
            comm.broadcast(comm.size() - 1, &mut Vec::new())
        }),
    ];

    #[test]
    fn an_error_wakes_ranks_out_of_any_wait() {
        for (name, wait) in WAITS {
            for ranks in [2, 5, 27] {
                let error = promptly(move || {
                    launch_on(ranks, |comm| match comm.rank() + 1 == ranks {
                        true => Err(invalid("the last rank gives up")),
                        false => wait(comm),
                    })
                });
                assert_eq!(
                    error,
                    Err(invalid("the last rank gives up")),
                    "{name} on {ranks} ranks"
                );
            }
        }
    }

    #[test]
    fn a_panic_wakes_ranks_out_of_any_wait() {
        for (name, wait) in WAITS {
            let error = promptly(move || {
                launch_on(4, |comm| match comm.rank() {
                    3 => panic!("index {} out of bounds", 17),
                    _ => wait(comm),
                })
            });
            let message = "index 17 out of bounds".into();
            assert_eq!(error, Err(Error::Panicked { rank: 3, message }), "{name}");
        }
    }

    #[test]
    fn a_failure_wakes_ranks_out_of_a_channel() {
        let error = promptly(|| {
            launch_on(3, |comm| {
                let sends = (1..3)
                    .map(|peer| Route {
                        peer,
                        tag: 0,
                        bytes: 8,
                    })
                    .collect();
                let receives = vec![Route {
                    peer: 0,
                    tag: 0,
                    bytes: 8,
                }];
                let mut channel = comm.channel(&match comm.rank() {
                    0 => Routes {
                        sends,
                        receives: vec![],
                    },
                    _ => Routes {
                        sends: vec![],
                        receives,
                    },
                })?;
                if comm.rank() == 0 {
                    return Err(invalid("nothing to send"));
                }
                channel.start()?;
                channel.wait_any().map(drop)
            })
        });
        assert_eq!(error, Err(invalid("nothing to send")));
    }

    #[test]
    fn ranks_at_work_learn_of_a_failure_at_their_next_call() {
        let error = promptly(|| {
            launch_all(3, |comm| {
                if comm.rank() == 1 {
                    return Err(invalid("lost"));
                }
                loop {
                    match comm.barrier() {
                        Ok(()) => {}
                        Err(Error::Aborted { rank: 1, message }) if message == "lost" => {
                            return Ok(());
                        }
                        Err(other) => return Err(other),
                    }
                }
            })
        });
        assert_eq!(error, Err(invalid("lost")));
    }

    #[test]
    fn the_consequences_of_a_failure_do_not_hide_it() {
        let error = promptly(|| {
            launch_on(4, |comm| {
                if comm.rank() == 2 {
                    return Err(invalid("the cause"));
                }
                comm.barrier().unwrap();
                Ok(())
            })
        });
        assert_eq!(error, Err(invalid("the cause")));
    }

    #[test]
    fn of_several_causes_the_lowest_rank_is_reported() {
        for _ in 0..20 {
            let error = launch_on(6, |comm| match comm.rank() {
                0 => Ok(()),
                rank => Err(invalid(&format!("rank {rank}"))),
            });
            assert_eq!(error, Err(invalid("rank 1")));
        }
    }

    #[test]
    fn abort_ends_the_job_at_once() {
        let error = promptly(|| {
            let woken = AtomicUsize::new(0);
            launch_on(3, |comm| {
                if comm.rank() == 2 {
                    // Long enough for the others to fall asleep; they are woken although this program goes on.
                    thread::sleep(Duration::from_millis(50));
                    comm.abort(&invalid("enough"));
                    while woken.load(SeqCst) < 2 {
                        thread::yield_now();
                    }
                }
                let aborted = comm.barrier();
                woken.fetch_add(1, SeqCst);
                match aborted {
                    Err(Error::Aborted { rank: 2, .. }) => Ok(()),
                    other => other,
                }
            })
        });
        assert_eq!(error, Err(invalid("enough")));
    }

    #[test]
    fn a_job_without_ranks_is_refused() {
        assert_eq!(launch_all(0, |_| Ok(())), Err(Error::NoRanks));
        assert_eq!(launch_on(0, |_| Ok(())), Err(Error::NoRanks));
    }

    #[test]
    fn jobs_may_be_nested_and_run_side_by_side() {
        let sizes = promptly(|| {
            launch_all(3, |comm| {
                let inner = launch_on(comm.rank() + 1, |inner| inner.all_gather(&[7]))?;
                comm.barrier()?;
                Ok(inner.len())
            })
        });
        assert_eq!(sizes, Ok(vec![1, 2, 3]));
    }
}
