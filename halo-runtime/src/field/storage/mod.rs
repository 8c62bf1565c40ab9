//! The memory of one block: owned cells and the margin of ghosts around them.
//!
//! The margin is a cache: it is refilled through a shared reference while views of the owned cells are alive. This is
//! the one part of the field that needs `unsafe`, and it keeps three rules that every SAFETY comment refers to:
//!
//! * **R1** The cells are `layout.len()` initialized values in one allocation, made by `new` and freed with it.
//! * **R2** Through `&Storage`, owned cells are only read; other cells are only written while no [`Reading`] is alive.
//! * **R3** Outside a [`Reading`], references made from `&Storage` cover owned cells only.
//!
//! A `Storage` is `Send` but not `Sync`, so "while" in R2 is a matter of one thread, counted in a `Cell`.

#![allow(unsafe_code)]

mod ghosts;
mod memory;
mod pages;

pub(crate) use ghosts::Ghosts;
pub(crate) use memory::{Reading, Storage};
