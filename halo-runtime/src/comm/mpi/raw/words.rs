//! Memory that MPI may read and write behind Rust's back: whole words, at an address that never changes.
//!
//! A plain `Vec` would claim to be the only way to its memory whenever it is moved; this keeps a raw pointer instead.

use std::ffi::c_void;
use std::ptr::{NonNull, slice_from_raw_parts_mut};

/// So many words of memory, each of 8 bytes.
pub(in crate::comm::mpi) struct Words {
    start: NonNull<u64>,
    length: usize,
}

// SAFETY: the memory is owned, and has no tie to the thread that allocated it.
unsafe impl Send for Words {}
// SAFETY: through `&Words` the memory is only read.
unsafe impl Sync for Words {}

impl Words {
    /// Zeros.
    pub fn zeros(length: usize) -> Words {
        Words::from(vec![0; length])
    }

    pub fn len(&self) -> usize {
        self.length
    }

    /// What the memory holds; by M2 only its owner calls this, and only while no request is active on it.
    pub fn as_slice(&self) -> &[u64] {
        // SAFETY: `from` made these words initialised in one allocation, and by M2 nobody writes them now.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    /// As [`Words::as_slice`].
    pub fn as_mut_slice(&mut self) -> &mut [u64] {
        // SAFETY: as in `as_slice`; `&mut self` makes this the only reference.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }

    /// The start of the memory, for MPI.
    pub(super) fn pointer(&self) -> *mut c_void {
        self.start.as_ptr().cast()
    }
}

impl From<Vec<u64>> for Words {
    fn from(words: Vec<u64>) -> Words {
        let length = words.len();
        let start = NonNull::from(Box::leak(words.into_boxed_slice())).cast();
        Words { start, length }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        // SAFETY: `from` took the memory from a box of this length; by M2 no request is active on it any more.
        drop(unsafe { Box::from_raw(slice_from_raw_parts_mut(self.start.as_ptr(), self.length)) });
    }
}
