//! What was dropped before MPI was done with it: requests with the memory they work on, until they are complete.
//!
//! So nothing that is dropped ever waits, and nothing is freed too early. The rest is settled when the process exits.

use std::os::raw::c_int;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ::mpi::ffi;

use super::group::Group;
use super::library::Entered;
use super::words::Words;
use crate::error::Result;

/// How long the end of the process waits for messages that are still under way.
const LAST_CALL: Duration = Duration::from_secs(1);

static LEFTOVERS: Mutex<Leftovers> = Mutex::new(Leftovers {
    requests: Vec::new(),
    communicators: Vec::new(),
});

#[derive(Default)]
struct Leftovers {
    requests: Vec<Leftover>,
    /// Communicators dropped on a thread that may not call MPI.
    communicators: Vec<Handle>,
}

struct Handle(ffi::MPI_Comm);

// SAFETY: as for `Group`.
unsafe impl Send for Handle {}

/// A request that nobody waits for.
pub(super) struct Leftover {
    pub request: ffi::MPI_Request,
    /// Whether others cannot finish their part without this one.
    pub collective: bool,
    pub _kept: Kept,
}

/// What a request works on, and must not be freed before it is complete.
pub(super) struct Kept {
    pub _memory: Vec<Words>,
    /// The counts and places of a collective of varied lengths.
    pub _counts: Vec<c_int>,
    pub _group: Arc<Group>,
}

// SAFETY: a request belongs to the process, not to a thread; by M1 one thread at a time calls MPI with it.
unsafe impl Send for Leftover {}

/// Keeps a request and its memory until it is complete.
pub(super) fn keep(leftover: Leftover) {
    lock().requests.push(leftover);
}

/// Keeps a communicator until a thread comes by that may free it.
pub(super) fn free_later(handle: ffi::MPI_Comm) {
    lock().communicators.push(Handle(handle));
}

/// Frees what is complete by now. Called whenever something new is made, so leftovers cannot pile up.
pub(super) fn settle() -> Result {
    if lock().is_empty() {
        return Ok(());
    }
    let entered = Entered::new()?;
    let mut kept = std::mem::take(&mut *lock());
    for mut handle in kept.communicators.drain(..) {
        // SAFETY: M1; the handle's owner gave it up to be freed here.
        unsafe { ffi::MPI_Comm_free(&mut handle.0) };
    }
    let complete: Vec<_> = kept
        .requests
        .extract_if(.., |leftover| leftover.is_complete(&entered))
        .collect();
    let mut now = lock();
    now.requests.append(&mut kept.requests);
    drop((now, entered));
    // Groups among these are freed here, where nothing is locked.
    drop(complete);
    Ok(())
}

/// Waits a moment for what is still under way, then gives it up; whether nobody is left who would wait for this process.
pub(super) fn settle_for_good() -> bool {
    let start = Instant::now();
    while !lock().requests.is_empty() && start.elapsed() < LAST_CALL {
        if settle().is_err() {
            return false;
        }
        std::thread::yield_now();
    }
    let mut given_up = std::mem::take(&mut *lock());
    for leftover in given_up
        .requests
        .iter_mut()
        .filter(|leftover| !leftover.collective)
    {
        leftover.cancel();
    }
    let alone = given_up
        .requests
        .iter()
        .all(|leftover| !leftover.collective);
    // MPI may write to this memory until the very end.
    std::mem::forget(given_up);
    alone
}

impl Leftover {
    /// Tells MPI that nobody wants the message any more.
    fn cancel(&mut self) {
        if let Ok(_entered) = Entered::new() {
            // SAFETY: M1; the request is ours and active, and not used after it is freed.
            unsafe {
                ffi::MPI_Cancel(&mut self.request);
                ffi::MPI_Request_free(&mut self.request);
            }
        }
    }

    /// Frees the request if it is complete.
    fn is_complete(&mut self, entered: &Entered) -> bool {
        let mut done = 0;
        // SAFETY: M1, M2; the request is ours, and is freed once.
        unsafe {
            let code = ffi::MPI_Test(&mut self.request, &mut done, ffi::RSMPI_STATUS_IGNORE);
            // A request that failed is over too.
            let done = entered.check(code).is_err() || done != 0;
            if done && self.request != ffi::RSMPI_REQUEST_NULL {
                ffi::MPI_Request_free(&mut self.request);
            }
            done
        }
    }
}

impl Leftovers {
    fn is_empty(&self) -> bool {
        self.requests.is_empty() && self.communicators.is_empty()
    }
}

fn lock() -> MutexGuard<'static, Leftovers> {
    LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner)
}
