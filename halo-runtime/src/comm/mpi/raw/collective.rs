//! The collective calls, none of which waits: each starts an [`Operation`].

use std::sync::Arc;

use ::mpi::ffi;

use super::group::Group;
use super::operation::{Operation, Work, count};
use super::words::Words;
use crate::error::Result;

impl Group {
    /// Collective: over when all ranks have started it.
    pub fn barrier(self: &Arc<Group>) -> Result<Operation> {
        let work = collective(vec![], vec![]);
        // SAFETY: M3; a barrier touches no memory.
        unsafe {
            Operation::start(self, work, |_, request| {
                ffi::MPI_Ibarrier(self.handle(), request)
            })
        }
    }

    /// Collective: adds the words of all ranks, modulo 2^64; writes the sums.
    pub fn sum(self: &Arc<Group>, words: Vec<u64>) -> Result<Operation> {
        // SAFETY: reads a constant.
        self.reduce(words, unsafe { ffi::RSMPI_SUM })
    }

    /// Collective: writes the largest of each word over all ranks.
    pub fn max(self: &Arc<Group>, words: Vec<u64>) -> Result<Operation> {
        // SAFETY: reads a constant.
        self.reduce(words, unsafe { ffi::RSMPI_MAX })
    }

    /// `combine` is one of MPI's operations on whole numbers.
    fn reduce(self: &Arc<Group>, words: Vec<u64>, combine: ffi::MPI_Op) -> Result<Operation> {
        let length = count(words.len())?;
        let work = collective(vec![Words::zeros(words.len()), words.into()], vec![]);
        // SAFETY: M3, M4: both memories have that length.
        unsafe {
            Operation::start(self, work, |work, request| {
                ffi::MPI_Iallreduce(
                    work.memory[1].pointer(),
                    work.memory[0].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    combine,
                    self.handle(),
                    request,
                )
            })
        }
    }

    /// Collective: writes the words of all ranks, the same number of each, in their order.
    pub fn all_gather(self: &Arc<Group>, words: Vec<u64>) -> Result<Operation> {
        let length = count(words.len())?;
        count(words.len() * self.size())?;
        let all = Words::zeros(words.len() * self.size());
        let work = collective(vec![all, words.into()], vec![]);
        // SAFETY: M3, M4: one memory has that length, the other that length for each rank.
        unsafe {
            Operation::start(self, work, |work, request| {
                ffi::MPI_Iallgather(
                    work.memory[1].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    work.memory[0].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    self.handle(),
                    request,
                )
            })
        }
    }

    /// Collective: as [`Group::all_gather`], with so many words from each rank.
    pub fn all_gather_varied(
        self: &Arc<Group>,
        words: Vec<u64>,
        lengths: &[usize],
    ) -> Result<Operation> {
        assert_eq!(lengths.len(), self.size());
        assert_eq!(lengths[self.rank()], words.len());
        let total: usize = lengths.iter().sum();
        count(total)?;
        let mut place = 0;
        let places = lengths.iter().map(|length| {
            place += length;
            count(place - length)
        });
        let counts = lengths.iter().map(|length| count(*length)).chain(places);
        let counts = counts.collect::<Result<Vec<_>>>()?;
        let length = count(words.len())?;
        let work = collective(vec![Words::zeros(total), words.into()], counts);
        // SAFETY: M3, M4: the counts add up to the first memory's length, the places follow each other.
        unsafe {
            Operation::start(self, work, |work, request| {
                ffi::MPI_Iallgatherv(
                    work.memory[1].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    work.memory[0].pointer(),
                    work.counts.as_ptr(),
                    work.counts.as_ptr().add(self.size()),
                    ffi::RSMPI_UINT64_T,
                    self.handle(),
                    request,
                )
            })
        }
    }

    /// Collective: writes the words of rank `root`; the others give as many.
    pub fn broadcast(self: &Arc<Group>, root: usize, words: Vec<u64>) -> Result<Operation> {
        let length = count(words.len())?;
        let work = collective(vec![words.into()], vec![]);
        // SAFETY: M3, M4.
        unsafe {
            Operation::start(self, work, |work, request| {
                ffi::MPI_Ibcast(
                    work.memory[0].pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    root as i32,
                    self.handle(),
                    request,
                )
            })
        }
    }
}

fn collective(memory: Vec<Words>, counts: Vec<i32>) -> Work {
    Work {
        memory,
        counts,
        collective: true,
    }
}
