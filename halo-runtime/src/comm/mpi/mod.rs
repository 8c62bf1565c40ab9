//! Ranks as processes under MPI: the same program on the cores of one machine or of a cluster.

mod census;
mod channel;
mod envelope;
mod job;
mod launch;
mod members;
mod note;
mod patience;
mod rank;
mod raw;
mod roll_call;
mod tags;

pub(super) use launch::launch;
pub(super) use rank::MpiRank;
