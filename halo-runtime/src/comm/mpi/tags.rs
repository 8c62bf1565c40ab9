//! The tags of a communicator's channels: each channel has tags of its own, so any number may be under way.

use std::sync::Arc;

use super::raw::Group;
use crate::comm::MOST_TAG;
use crate::error::{Error, Result};

/// MPI promises no more than 32768 tags. When they are used up, channels go on with another duplicate of the
/// communicator; the old one is freed with the last channel on it.
pub(super) struct Tags {
    group: Arc<Group>,
    next: u32,
}

impl Tags {
    pub fn new(group: Arc<Group>) -> Tags {
        Tags { group, next: 0 }
    }

    /// Collective: a group and the first of so many tags, the same number on all ranks.
    pub fn take(&mut self, needed: u64) -> Result<(Arc<Group>, u32)> {
        let needed = match u32::try_from(needed) {
            Ok(needed) if needed <= MOST_TAG => needed,
            _ => {
                return Err(Error::Communication(format!(
                    "a rank sends {needed} messages to another in one exchange, MPI tells {MOST_TAG} apart; \
                     use fewer ranks"
                )));
            }
        };
        if self.next + needed > MOST_TAG {
            *self = Tags::new(self.group.duplicate()?);
        }
        let first = self.next;
        self.next += needed;
        Ok((self.group.clone(), first))
    }
}
