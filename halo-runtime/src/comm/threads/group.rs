//! The ranks that share a communicator: all of the job, or some that have split off.
//!
//! Desks belong to ranks of the job, so that all waiting is seen; groups keep apart what lies on them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};

use super::meeting::Meetings;

pub(super) struct Group {
    pub id: u64,
    /// The ranks of the job that make up the group.
    pub members: Vec<usize>,
    pub meetings: Meetings,
}

/// Which group splits off: that of its parent's id, how often the parent has been split, and the number given.
pub(super) type Split = (u64, u64, usize);

/// Hands out groups, the same to all of their members.
#[derive(Default)]
pub(super) struct Groups {
    made: AtomicU64,
    /// Groups that some of their members have not come for yet, and how many have.
    waiting: Mutex<HashMap<Split, (Arc<Group>, usize)>>,
}

impl Groups {
    /// The group of all ranks, which nobody splits off.
    pub fn all(&self, ranks: usize) -> Arc<Group> {
        self.join((u64::MAX, 0, 0), (0..ranks).collect())
    }

    /// Joins a group, making it if this is its first member to come.
    pub fn join(&self, split: Split, members: Vec<usize>) -> Arc<Group> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let ranks = members.len();
        let (group, came) = waiting.entry(split).or_insert_with(|| {
            let group = Group {
                id: self.made.fetch_add(1, SeqCst),
                members,
                meetings: Meetings::new(ranks),
            };
            (Arc::new(group), 0)
        });
        *came += 1;
        let group = group.clone();
        if *came == ranks {
            waiting.remove(&split);
        }
        group
    }
}
