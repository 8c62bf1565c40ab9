//! Something that MPI has been asked to do once, with the memory it works on.

use std::os::raw::c_int;
use std::sync::Arc;

use ::mpi::ffi;

use super::group::Group;
use super::leftovers::{self, Kept, Leftover};
use super::library::Entered;
use super::words::Words;
use crate::error::{Error, Result};

/// A request under way, or over; it owns what it reads and writes.
pub(in crate::comm::mpi) struct Operation {
    request: ffi::MPI_Request,
    /// First what is written, then what is read.
    memory: Vec<Words>,
    counts: Vec<c_int>,
    collective: bool,
    done: bool,
    group: Arc<Group>,
}

// SAFETY: a request belongs to the process, not to a thread; by M1 one thread at a time calls MPI with it.
unsafe impl Send for Operation {}

/// What an operation works on.
pub(super) struct Work {
    /// First what is written, then what is read.
    pub memory: Vec<Words>,
    pub counts: Vec<c_int>,
    pub collective: bool,
}

impl Operation {
    /// Starts an operation with the call that is given its work and where to put its request.
    ///
    /// # Safety
    /// The call may use the memory and the counts of the work, within their lengths, as long as the request is active;
    /// on success it must have put an active request in its place.
    pub(super) unsafe fn start(
        group: &Arc<Group>,
        work: Work,
        call: impl FnOnce(&Work, *mut ffi::MPI_Request) -> c_int,
    ) -> Result<Operation> {
        leftovers::settle()?;
        let entered = Entered::new()?;
        // SAFETY: reads a constant.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        entered.check(call(&work, &mut request))?;
        let Work {
            memory,
            counts,
            collective,
        } = work;
        Ok(Operation {
            request,
            memory,
            counts,
            collective,
            done: false,
            group: group.clone(),
        })
    }

    /// Whether the operation is over; lets MPI proceed.
    pub fn test(&mut self) -> Result<bool> {
        if !self.done {
            let (entered, mut done) = (Entered::new()?, 0);
            // SAFETY: M1, M2; the request is ours.
            let code =
                unsafe { ffi::MPI_Test(&mut self.request, &mut done, ffi::RSMPI_STATUS_IGNORE) };
            entered.check(code)?;
            self.done = done != 0;
        }
        Ok(self.done)
    }

    /// What the operation wrote, once it is over; nothing before.
    pub fn written(&self) -> &[u64] {
        match self.memory.first() {
            Some(words) if self.done => words.as_slice(),
            _ => &[],
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if !self.done {
            leftovers::keep(Leftover {
                request: self.request,
                collective: self.collective,
                _kept: Kept {
                    _memory: std::mem::take(&mut self.memory),
                    _counts: std::mem::take(&mut self.counts),
                    _group: self.group.clone(),
                },
            });
        }
    }
}

/// A length as MPI counts: in words, up to 2^31 - 1 of them.
pub(super) fn count(words: usize) -> Result<c_int> {
    c_int::try_from(words).map_err(|_| {
        Error::Communication(format!(
            "a message of {} bytes is longer than the 16 GiB that MPI sends at once; use more ranks",
            words as u128 * 8
        ))
    })
}
