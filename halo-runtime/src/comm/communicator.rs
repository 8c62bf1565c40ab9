//! The communicator: one rank's connection to all ranks of its job.
//!
//! Everything above this module speaks to the trait, so the same program runs on one rank, on threads or on processes.
//! Only bytes travel; what they mean is known to the caller.

use std::ops::Deref;
use std::sync::Arc;

use super::alone::Alone;
use super::channel::{Channel, Routes};
use super::{environment, threads};
use crate::error::{Error, Result};

/// What a rank needs of its job. Programs hold a [`Comm`] and call these methods on it.
///
/// *Collective* calls are made by all ranks, in the same order. No call waits forever: when another rank fails, every
/// wait ends with [`Error::Aborted`]. A rank uses its communicator from one thread at a time.
pub trait Communicator: Send + Sync {
    /// This rank's number, from 0 to `size() - 1`.
    fn rank(&self) -> usize;

    /// The number of ranks of the job.
    fn size(&self) -> usize;

    /// How many ranks of the job run on this host.
    fn size_on_host(&self) -> usize;

    /// What carries the messages, such as `"threads"`, for reports.
    fn backend(&self) -> &'static str;

    /// Collective: returns when all ranks have arrived.
    fn barrier(&self) -> Result;

    /// Collective: every rank's bytes, in the order of the ranks; lengths may differ.
    fn all_gather(&self, bytes: &[u8]) -> Result<Vec<Vec<u8>>>;

    /// Collective: replaces each number by its sum over all ranks, modulo 2^64, so that no order of summation shows.
    fn all_reduce_sum(&self, values: &mut [i64]) -> Result;

    /// Collective: replaces `bytes` on every rank by those of rank `root`.
    fn broadcast(&self, root: usize, bytes: &mut Vec<u8>) -> Result;

    /// Sends a copy of `bytes` to a rank, possibly this one, without waiting for it to be received.
    fn send(&self, to: usize, tag: u32, bytes: &[u8]) -> Result;

    /// Waits for the next message that `from` sent with this tag; messages of one tag arrive in the order sent.
    fn receive(&self, from: usize, tag: u32) -> Result<Vec<u8>>;

    /// Collective: a set of messages that will be exchanged again and again. Every send must have its receive, of the
    /// same length, on the peer; where one has not, all ranks get the same error.
    fn channel(&self, routes: &Routes) -> Result<Box<dyn Channel>>;

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
pub struct Comm(Arc<dyn Communicator>);

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
        Comm(Arc::new(communicator))
    }

    /// This rank as a job of its own, for what it computes without the others. It shares the host with them as before.
    pub(crate) fn alone(&self) -> Comm {
        Comm::new(Alone::new(self.size_on_host()))
    }

    /// How many threads this rank may compute with: `HALO_THREADS`, or else its share of the host's cores, at least 1.
    ///
    /// Fails if `HALO_THREADS` is set to something else than a positive number.
    pub fn threads(&self) -> Result<usize> {
        let share = environment::cores() / self.size_on_host();
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
        &*self.0
    }
}

/// Two handles are equal if they are clones of one.
impl PartialEq for Comm {
    fn eq(&self, other: &Comm) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0))
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

/// An error on its way to the other ranks: its text, and the rank it is already known to stem from, if any.
struct Report {
    rank: Option<usize>,
    message: String,
}

impl Report {
    fn new(error: &Error) -> Report {
        match error {
            Error::OnRank { rank, message } => Report {
                rank: Some(*rank),
                message: message.clone(),
            },
            other => Report {
                rank: None,
                message: other.to_string(),
            },
        }
    }

    /// Never empty: an empty report is the absence of an error.
    fn encode(&self) -> Vec<u8> {
        let rank = self.rank.map_or(u64::MAX, |rank| rank as u64);
        [&rank.to_le_bytes(), self.message.as_bytes()].concat()
    }

    fn decode(bytes: &[u8]) -> Report {
        let (rank, message) = bytes.split_at(size_of::<u64>());
        let rank = rank
            .iter()
            .rev()
            .fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        Report {
            rank: (rank != u64::MAX).then_some(rank as usize),
            message: String::from_utf8_lossy(message).into_owned(),
        }
    }

    fn into_error(self, reported_by: usize) -> Error {
        Error::OnRank {
            rank: self.rank.unwrap_or(reported_by),
            message: self.message,
        }
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
