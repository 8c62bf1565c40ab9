//! The calls of MPI itself, and all `unsafe` that they need; what leaves this module is safe to use in any order.
//!
//! The crate `mpi` has safe requests, but they borrow their buffers and so cannot live in a struct. Here what MPI works on
//! is owned. Every SAFETY comment refers to one of these rules:
//!
//! * **M1** MPI is called with an [`Entered`] at hand: the library is at work (initialised, not finalised), the thread may
//!   call it, and no other thread of this library is inside it.
//! * **M2** Memory that a request may read or write is [`Words`], owned by the request's owner. As long as the request is
//!   active, no reference to it is given out, it does not move, and it is not freed: an owner that is dropped early hands
//!   both to [`leftovers`].
//! * **M3** A communicator lives as long as anything that uses it: owners hold an `Arc` of it.
//! * **M4** Counts given to MPI never exceed the memory given with them.

#![allow(unsafe_code)]

mod collective;
mod group;
mod leftovers;
mod letter;
mod library;
mod operation;
mod persistent;
mod words;

pub(super) use group::Group;
pub(super) use library::{abort, adopt, at_work, facts, initialise, rank_in_world, version};
pub(super) use operation::Operation;
pub(super) use persistent::{Batch, Persistent};
