//! The communicator: one rank's connection to all ranks of its job.
//!
//! Everything above this module speaks to the trait, so the same program runs on one rank, on threads or on processes.
//! Only bytes travel; what they mean is known to the caller.

use std::num::NonZero;
use std::ops::Deref;
use std::sync::Arc;

use super::alone::Alone;
use super::channel::{Channel, Routes};
use super::report::Report;
use super::{environment, threads};
use crate::error::{Error, Result};

/// The highest tag of a single message, which every backend can send.
pub const MOST_TAG: u32 = 32767;

/// What a rank needs of its job. Programs hold a [`Comm`] and call these methods on it.
///
/// *Collective* calls are made by all ranks, in the same order. No call waits forever: when another rank fails, every
/// wait ends with [`Error::Aborted`]. A rank uses its communicator from one thread at a time.
pub trait Communicator: Send + Sync {
    /// This rank's number, from 0 to `size() - 1`.
    fn rank(&self) -> usize;

    /// The number of ranks of the job.
    fn size(&self) -> usize;

    /// How many ranks of the job, this one included, share the cores that this rank may use.
    fn sharing_cores(&self) -> usize;

    /// What carries the messages, such as `"threads"`, for reports.
    fn backend(&self) -> &'static str;

    /// What a report on a problem should say of the backend, such as its version: pairs of a name and a value.
    fn facts(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Collective: returns when all ranks have arrived.
    fn barrier(&self) -> Result;

    /// Collective: every rank's bytes, in the order of the ranks; lengths may differ.
    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>>;

    /// Collective: replaces each number by its sum over all ranks, modulo 2^64, so that no order of summation shows.
    fn all_reduce_sum(&self, values: &mut [i64]) -> Result;

    /// Collective: replaces `bytes` on every rank by those of rank `root`.
    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result;

    /// Sends a copy of `bytes` to a rank, possibly this one, without waiting for it to be received. The tag is at most
    /// [`MOST_TAG`].
    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result;

    /// Waits for the next message that `from` sent with this tag; messages of one tag arrive in the order sent.
    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>>;

    /// Collective: a set of messages that will be exchanged again and again. Every send must have its receive, of the
    /// same length, on the peer; where one has not, all ranks get the same error.
    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>>;

    /// Collective: the ranks that give the same number become a job of their own, numbered in the same order; those that
    /// give none get none.
    fn split(&self, number: Option<usize>) -> Result<Option<Comm>>;

    /// Ends the whole job: every pending and later wait on any rank returns [`Error::Aborted`], and the job `error`.
    fn abort(&self, error: &Error);
}

/// One rank's handle to its job; cheap to clone. Its methods are those of [`Communicator`].
///
/// ```
/// let sums = halo::launch_all(3, |comm| {
///     let mut number = [comm.rank() as i64];
///     comm.all_reduce_sum(&mut number)?;
///     Ok(number[0])
/// })?;
/// assert_eq!(sums, [3, 3, 3]);
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone)]
pub struct Comm {
    communicator: Arc<dyn Communicator>,
    /// Threads that the program has asked for.
    threads: Option<NonZero<usize>>,
}

impl Comm {
    /// A job of its own with one rank, for programs and tests that need no launch.
    ///
    /// ```
    /// let comm = halo::Comm::solo();
    /// assert_eq!((comm.rank(), comm.size()), (0, 1));
    /// ```
    pub fn solo() -> Comm {
        Comm::new(threads::solo())
    }

    /// Wraps a way of communicating.
    pub fn new(communicator: impl Communicator + 'static) -> Comm {
        Comm {
            communicator: Arc::new(communicator),
            threads: None,
        }
    }

    /// Collective: a job of their own for the ranks that give the same number, in the same order; `None` for those that
    /// give none. Two small messages from each rank.
    ///
    /// A rank that fails there ends the whole job.
    ///
    /// ```
    /// let sums = halo::launch_all(4, |comm| {
    ///     // A solver on the first half of the ranks, something else on the second.
    ///     let half = comm.split(Some(comm.rank() / 2))?.expect("a number was given");
    ///     let mut sum = [comm.rank() as i64];
    ///     half.all_reduce_sum(&mut sum)?;
    ///     Ok((half.size(), half.rank(), sum[0]))
    /// })?;
    /// assert_eq!(sums, [(2, 0, 1), (2, 1, 1), (2, 0, 5), (2, 1, 5)]);
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn split(&self, number: Option<usize>) -> Result<Option<Comm>> {
        let part = self.communicator.split(number)?;
        Ok(part.map(|part| part.computing_with(self.threads)))
    }

    /// Collective: the ranks of an MPI communicator, for a program that has started MPI itself; needs the feature `mpi`.
    ///
    /// The communicator is duplicated, so halo's messages never meet the program's. MPI must have been started with the
    /// thread level `Funneled` or higher, and with `Funneled` the result is used on the main thread only. Fields and
    /// operators may be dropped after MPI is finalised, but not be used. Since nobody sees the program's end, a rank that
    /// panics while it holds the result ends the job by `MPI_Abort`, as [`Communicator::abort`] does.
    ///
    /// # Errors
    /// MPI is not at work or for a single thread; an intercommunicator.
    #[cfg(feature = "mpi")]
    pub fn from_mpi<C>(communicator: &C) -> Result<Comm>
    where
        C: ::mpi::traits::Communicator + ::mpi::traits::AsRaw<Raw = ::mpi::ffi::MPI_Comm>,
    {
        Ok(Comm::new(super::mpi::MpiRank::of(communicator)?))
    }

    /// This rank as a job of its own, for what it computes without the others. It shares its cores with them as before.
    pub(crate) fn alone(&self) -> Comm {
        Comm::new(Alone::new(self.sharing_cores())).computing_with(self.threads)
    }

    /// The same rank, computing with so many threads whatever `HALO_THREADS` says; at least 1. Speed alone: no bit of a result
    /// depends on it.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// // For programs with an option `--threads`.
    /// halo::launch_on(2, |comm| {
    ///     let comm = comm.with_threads(3);
    ///     let grid = Grid::new(&comm, [64, 64])?; // operators on it have 3 threads on each of 2 ranks
    ///     assert_eq!(grid.comm().threads()?, 3);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn with_threads(&self, threads: usize) -> Comm {
        self.clone().computing_with(NonZero::new(threads.max(1)))
    }

    fn computing_with(self, threads: Option<NonZero<usize>>) -> Comm {
        Comm { threads, ..self }
    }

    /// How many threads this rank may compute with: those of [`with_threads`](Comm::with_threads), or `HALO_THREADS`, or
    /// else its share of the cores that it may use, at least 1.
    ///
    /// Fails if `HALO_THREADS` is set to something else than a positive number.
    pub fn threads(&self) -> Result<usize> {
        if let Some(threads) = self.threads {
            return Ok(threads.get());
        }
        let share = environment::cores() / self.sharing_cores();
        Ok(environment::count("HALO_THREADS")?.unwrap_or(share.max(1)))
    }

    /// Collective: makes one rank's failure the failure of all.
    ///
    /// Gives back `local` if it is `Ok` on every rank. If all ranks failed alike, each keeps its error; otherwise all
    /// return the same [`Error::OnRank`], that of the lowest rank that failed. One small message from each rank.
    ///
    /// ```
    /// let rank_of_failure = halo::launch_all(4, |comm| {
    ///     let local = if comm.rank() < 2 { Ok(()) } else { Err(halo::Error::Invalid("too warm".into())) };
    ///     Ok(comm.agree(local).unwrap_err().to_string())
    /// })?;
    /// assert!(rank_of_failure.iter().all(|message| message == "on rank 2: too warm"));
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn agree<T>(&self, local: Result<T>) -> Result<T> {
        let mut failed = [i64::from(local.is_err())];
        self.all_reduce_sum(&mut failed)?;
        if failed == [0] {
            return local;
        }
        let report = local.as_ref().err().map(Report::new);
        let reports = self.all_gather(&report.map(|report| report.encode()).unwrap_or_default())?;
        let Some(lowest) = reports.iter().position(|bytes| !bytes.is_empty()) else {
            return local;
        };
        if local.is_err() && reports.iter().all(|bytes| bytes == &reports[lowest]) {
            return local;
        }
        Err(Report::decode(&reports[lowest]).into_error(lowest))
    }
}

impl Deref for Comm {
    type Target = dyn Communicator;

    fn deref(&self) -> &(dyn Communicator + 'static) {
        &*self.communicator
    }
}

/// Refuses a peer that the job has not.
pub(super) fn check_peer(comm: &impl Communicator, peer: usize) -> Result {
    if peer < comm.size() {
        return Ok(());
    }
    Err(Error::Communication(format!(
        "rank {} names rank {peer} as its peer, the job has {} ranks",
        comm.rank(),
        comm.size()
    )))
}

/// Refuses the other end or the tag of a single message.
pub(super) fn check_letter(comm: &impl Communicator, peer: usize, tag: u32) -> Result {
    check_peer(comm, peer)?;
    if tag <= MOST_TAG {
        return Ok(());
    }
    Err(Error::Communication(format!(
        "rank {} gives a message the tag {tag}; tags go up to {MOST_TAG}",
        comm.rank()
    )))
}

/// Two handles are equal if they are clones of one.
impl PartialEq for Comm {
    fn eq(&self, other: &Comm) -> bool {
        std::ptr::addr_eq(
            Arc::as_ptr(&self.communicator),
            Arc::as_ptr(&other.communicator),
        )
    }
}

impl std::fmt::Debug for Comm {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "rank {} of {} ({})",
            self.rank(),
            self.size(),
            self.backend()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_all;

    fn invalid(message: &str) -> Error {
        Error::Invalid(message.into())
    }

    #[test]
    fn threads_that_were_asked_for_are_those_of_its_parts_too() {
        launch_all(2, |comm| {
            let comm = comm.with_threads(3);
            let part = comm.split(Some(comm.rank()))?.unwrap();
            let threads = [&comm, &comm.clone(), &part, &comm.alone()].map(Comm::threads);
            assert_eq!(threads, [Ok(3), Ok(3), Ok(3), Ok(3)]);
            assert_eq!(comm.with_threads(0).threads(), Ok(1));
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn agreeing_ranks_keep_their_values() {
        let values = launch_all(3, |comm| comm.agree(Ok(comm.rank() * 10))).unwrap();
        assert_eq!(values, [0, 10, 20]);
    }

    #[test]
    fn the_lowest_failing_rank_speaks_for_all() {
        let errors = launch_all(4, |comm| {
            let local = if comm.rank() % 2 == 1 {
                Err(invalid(&format!("at {}", comm.rank())))
            } else {
                Ok(())
            };
            Ok(comm.agree(local).unwrap_err())
        });
        assert_eq!(
            errors.unwrap(),
            vec![
                Error::OnRank {
                    rank: 1,
                    message: "at 1".into()
                };
                4
            ]
        );
    }

    #[test]
    fn an_error_common_to_all_stays_itself() {
        let errors = launch_all(3, |comm| {
            Ok(comm.agree::<()>(Err(invalid("everywhere"))).unwrap_err())
        });
        assert_eq!(errors.unwrap(), vec![invalid("everywhere"); 3]);
    }

    #[test]
    fn an_agreed_error_passes_a_second_agreement_unchanged() {
        let agreed = Error::OnRank {
            rank: 2,
            message: "first".into(),
        };
        let errors = launch_all(3, |comm| {
            let local = if comm.rank() == 0 {
                Ok(())
            } else {
                Err(agreed.clone())
            };
            Ok(comm.agree(local).unwrap_err())
        });
        assert_eq!(errors.unwrap(), vec![agreed.clone(); 3]);
    }

    #[test]
    fn handles_compare_by_job_and_rank() {
        let comm = Comm::solo();
        assert_eq!(comm, comm.clone());
        assert_ne!(comm, Comm::solo());
        assert_eq!(format!("{comm:?}"), "rank 0 of 1 (solo)");
    }
}
