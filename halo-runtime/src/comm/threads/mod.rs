//! Ranks as threads of one process: nothing to install, nothing unsafe.

mod channel;
mod desk;
mod group;
mod job;
mod meeting;
mod rank;

pub(super) use job::Job;
pub(super) use rank::{ThreadRank, solo};
