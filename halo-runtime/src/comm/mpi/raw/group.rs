//! A communicator of our own: a duplicate, so that no message meets one of the program's or of another `Comm`.

use std::os::raw::c_int;
use std::sync::Arc;

use ::mpi::ffi;
use ::mpi::traits::{AsRaw, Communicator};

use super::leftovers;
use super::library::Entered;
use crate::error::{Error, Result};

/// Ranks that share a duplicated communicator. Freed when the last user is gone.
pub(in crate::comm::mpi) struct Group {
    handle: ffi::MPI_Comm,
    rank: usize,
    size: usize,
}

// SAFETY: a communicator belongs to the process, not to a thread; by M1 one thread at a time calls MPI with it.
unsafe impl Send for Group {}
// SAFETY: as for `Send`.
unsafe impl Sync for Group {}

impl Group {
    /// Collective: the ranks of the whole job.
    pub fn world() -> Result<Arc<Group>> {
        // SAFETY: the world is a valid communicator while MPI is at work, which `duplicate_of` checks.
        unsafe { Group::duplicate_of(ffi::RSMPI_COMM_WORLD) }
    }

    /// Collective: the ranks of a communicator of the program.
    ///
    /// # Errors
    /// An intercommunicator.
    pub fn of<C>(communicator: &C) -> Result<Arc<Group>>
    where
        C: Communicator + AsRaw<Raw = ffi::MPI_Comm>,
    {
        // SAFETY: the crate `mpi` vouches for the communicators that it gives out.
        unsafe { Group::duplicate_of(communicator.as_raw()) }
    }

    /// Collective: the same ranks once more, apart from this group's messages. Waits for all of them.
    pub fn duplicate(&self) -> Result<Arc<Group>> {
        // SAFETY: M3, the communicator is this group's own.
        unsafe { Group::duplicate_of(self.handle) }
    }

    /// Collective: the ranks that give the same number, in the same order; those that give none get none. Waits for all
    /// ranks of this group.
    pub fn split(&self, number: Option<usize>) -> Result<Option<Arc<Group>>> {
        let color = match number.map(c_int::try_from) {
            Some(Ok(color)) => color,
            // SAFETY: reads a constant.
            None => unsafe { ffi::RSMPI_UNDEFINED },
            Some(Err(_)) => {
                return Err(Error::Invalid(format!(
                    "the group number {} is beyond the range of MPI; number groups from 0",
                    number.unwrap_or_default()
                )));
            }
        };
        let entered = Entered::new()?;
        // SAFETY: M1, M3; the call writes one handle.
        unsafe {
            let mut handle = ffi::RSMPI_COMM_NULL;
            entered.check(ffi::MPI_Comm_split(
                self.handle,
                color,
                self.rank as c_int,
                &mut handle,
            ))?;
            match handle == ffi::RSMPI_COMM_NULL {
                true => Ok(None),
                false => Group::own(&entered, handle).map(Some),
            }
        }
    }

    /// Collective: the ranks on the same host, which share its memory. Waits for all ranks of this group.
    pub fn on_this_host(&self) -> Result<Arc<Group>> {
        let entered = Entered::new()?;
        // SAFETY: M1, M3; the call writes one handle.
        unsafe {
            let mut handle = ffi::RSMPI_COMM_NULL;
            entered.check(ffi::MPI_Comm_split_type(
                self.handle,
                ffi::RSMPI_COMM_TYPE_SHARED,
                self.rank as c_int,
                ffi::RSMPI_INFO_NULL,
                &mut handle,
            ))?;
            Group::own(&entered, handle)
        }
    }

    /// # Safety
    /// The handle must be that of a communicator.
    unsafe fn duplicate_of(original: ffi::MPI_Comm) -> Result<Arc<Group>> {
        let entered = Entered::new()?;
        // SAFETY: M1; the caller vouches for the handle; the calls write one integer, and one handle and request
        // that stay in place until the request is over.
        unsafe {
            let mut between = 0;
            entered.check(ffi::MPI_Comm_test_inter(original, &mut between))?;
            if between != 0 {
                return Err(Error::Communication(
                    "an intercommunicator joins two groups, halo needs a communicator of one group; merge them first"
                        .into(),
                ));
            }
            let (mut handle, mut request) = (ffi::RSMPI_COMM_NULL, ffi::RSMPI_REQUEST_NULL);
            entered.check(ffi::MPI_Comm_idup(original, &mut handle, &mut request))?;
            // The call that waits would keep a core busy, which a rank still to come may need.
            let mut done = 0;
            while done == 0 {
                std::thread::yield_now();
                let status = ffi::RSMPI_STATUS_IGNORE;
                entered.check(ffi::MPI_Test(&mut request, &mut done, status))?;
            }
            Group::own(&entered, handle)
        }
    }

    /// # Safety
    /// The handle must be that of a communicator that nobody else frees.
    unsafe fn own(entered: &Entered, handle: ffi::MPI_Comm) -> Result<Arc<Group>> {
        let (mut rank, mut size) = (0, 0);
        // SAFETY: M1; the caller vouches for the handle; the calls write one integer each.
        unsafe {
            entered.check(ffi::MPI_Comm_set_errhandler(
                handle,
                ffi::RSMPI_ERRORS_RETURN,
            ))?;
            entered.check(ffi::MPI_Comm_rank(handle, &mut rank))?;
            entered.check(ffi::MPI_Comm_size(handle, &mut size))?;
        }
        let (rank, size) = (rank as usize, size as usize);
        Ok(Arc::new(Group { handle, rank, size }))
    }

    pub fn rank(&self) -> usize {
        self.rank
    }

    pub fn size(&self) -> usize {
        self.size
    }

    pub(super) fn handle(&self) -> ffi::MPI_Comm {
        self.handle
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        match Entered::new() {
            // SAFETY: M1, M3: this was the last user. Freeing is collective in the standard's words, but waits for nobody
            // in the libraries at hand; each rank gets here in its own time.
            Ok(_entered) => unsafe {
                ffi::MPI_Comm_free(&mut self.handle);
            },
            // After MPI is finalised this is forgotten.
            Err(_) => leftovers::free_later(self.handle),
        }
    }
}
