//! Messages declared once and exchanged again and again: MPI's persistent requests, each with its buffer.

use std::os::raw::c_int;
use std::sync::Arc;

use ::mpi::ffi;

use super::group::Group;
use super::leftovers::{self, Kept, Leftover};
use super::library::Entered;
use super::operation::count;
use super::words::Words;
use crate::error::Result;

/// One message to or from a rank.
pub(in crate::comm::mpi) struct Persistent {
    request: ffi::MPI_Request,
    words: Words,
    bytes: usize,
    active: bool,
    group: Arc<Group>,
}

// SAFETY: a request belongs to the process, not to a thread; by M1 one thread at a time calls MPI with it.
unsafe impl Send for Persistent {}

impl Persistent {
    /// A message of so many bytes to a rank.
    pub fn send(group: &Arc<Group>, to: usize, tag: u32, bytes: usize) -> Result<Persistent> {
        Persistent::new(group, bytes, |words, length, request| {
            // SAFETY: M1 by `new`, M3, M4.
            unsafe {
                ffi::MPI_Send_init(
                    words.pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    to as c_int,
                    tag as c_int,
                    group.handle(),
                    request,
                )
            }
        })
    }

    /// A message of so many bytes from a rank.
    pub fn receive(group: &Arc<Group>, from: usize, tag: u32, bytes: usize) -> Result<Persistent> {
        Persistent::new(group, bytes, |words, length, request| {
            // SAFETY: M1 by `new`, M3, M4.
            unsafe {
                ffi::MPI_Recv_init(
                    words.pointer(),
                    length,
                    ffi::RSMPI_UINT64_T,
                    from as c_int,
                    tag as c_int,
                    group.handle(),
                    request,
                )
            }
        })
    }

    fn new(
        group: &Arc<Group>,
        bytes: usize,
        declare: impl FnOnce(&Words, c_int, *mut ffi::MPI_Request) -> c_int,
    ) -> Result<Persistent> {
        let words = Words::zeros(bytes.div_ceil(size_of::<u64>()));
        let (entered, length) = (Entered::new()?, count(words.len())?);
        // SAFETY: reads a constant.
        let mut request = unsafe { ffi::RSMPI_REQUEST_NULL };
        entered.check(declare(&words, length, &mut request))?;
        Ok(Persistent {
            request,
            words,
            bytes,
            active: false,
            group: group.clone(),
        })
    }

    /// The buffer; empty while the message is under way.
    pub fn buffer(&self) -> &[u8] {
        match self.active {
            true => &[],
            false => &bytemuck::cast_slice(self.words.as_slice())[..self.bytes],
        }
    }

    /// As [`Persistent::buffer`].
    pub fn buffer_mut(&mut self) -> &mut [u8] {
        match self.active {
            true => &mut [],
            false => &mut bytemuck::cast_slice_mut(self.words.as_mut_slice())[..self.bytes],
        }
    }

    /// Whether the message is through; lets MPI proceed.
    pub fn test(&mut self) -> Result<bool> {
        if self.active {
            let (entered, mut done) = (Entered::new()?, 0);
            // SAFETY: M1, M2; the request is ours.
            let code =
                unsafe { ffi::MPI_Test(&mut self.request, &mut done, ffi::RSMPI_STATUS_IGNORE) };
            entered.check(code)?;
            self.active = done == 0;
        }
        Ok(!self.active)
    }
}

impl Drop for Persistent {
    fn drop(&mut self) {
        if !self.active
            && let Ok(_entered) = Entered::new()
        {
            // SAFETY: M1; the request is ours, inactive, and freed once.
            unsafe { ffi::MPI_Request_free(&mut self.request) };
            return;
        }
        // A receive is not cancelled: its message is on the way, and a sender may wait for it to be taken.
        leftovers::keep(Leftover {
            request: self.request,
            collective: false,
            _kept: Kept {
                _memory: vec![std::mem::replace(&mut self.words, Words::zeros(0))],
                _counts: vec![],
                _group: self.group.clone(),
            },
        });
    }
}

/// Room for calls on many messages at once, so that none of them allocates.
#[derive(Default)]
pub(in crate::comm::mpi) struct Batch {
    requests: Vec<ffi::MPI_Request>,
    through: Vec<c_int>,
}

// SAFETY: as for `Persistent`.
unsafe impl Send for Batch {}

impl Batch {
    /// Starts messages, none of which may be under way.
    pub fn start<'a>(&mut self, messages: impl Iterator<Item = &'a mut Persistent>) -> Result {
        let entered = Entered::new()?;
        self.requests.clear();
        self.requests.extend(messages.map(|message| {
            assert!(!message.active, "a message is started twice");
            message.active = true;
            message.request
        }));
        let length = count(self.requests.len())?;
        // SAFETY: M1, M2: the owners are marked active, so they give no reference to their memory. The handles are copies,
        // which a persistent request keeps for life.
        let code = unsafe { ffi::MPI_Startall(length, self.requests.as_mut_ptr()) };
        entered.check(code)
    }

    /// The places of messages that have come through since the last call; lets MPI proceed.
    pub fn through(
        &mut self,
        messages: &mut [Persistent],
    ) -> Result<impl Iterator<Item = usize> + '_> {
        self.requests.clear();
        self.requests
            .extend(messages.iter().map(|message| message.request));
        self.through.resize(messages.len(), 0);
        let (entered, length, mut found) = (Entered::new()?, count(messages.len())?, 0);
        // SAFETY: M1, M2, M4: both arrays have that length; the handles are copies, as in `start`.
        let code = unsafe {
            ffi::MPI_Testsome(
                length,
                self.requests.as_mut_ptr(),
                &mut found,
                self.through.as_mut_ptr(),
                ffi::RSMPI_STATUSES_IGNORE,
            )
        };
        entered.check(code)?;
        // MPI_UNDEFINED, which is negative, says that none is under way.
        let places = &self.through[..found.max(0) as usize];
        for place in places {
            messages[*place as usize].active = false;
        }
        Ok(places.iter().map(|place| *place as usize))
    }
}
