//! What a rank waits for, in the words of an error.

use std::fmt;

use super::gathering::Gathering;

/// What a rank waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Awaited {
    /// A single message.
    Letter { from: usize, tag: u32 },
    /// One of several messages of a channel.
    Channel { open: usize },
    /// The other ranks, in a collective call.
    Meeting(Gathering),
}

impl fmt::Display for Awaited {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Awaited::Letter { from, tag } => {
                write!(out, "a message with tag {tag} from rank {from}")
            }
            Awaited::Channel { open } => write!(out, "{open} messages of a channel"),
            Awaited::Meeting(gathering) => write!(out, "the others in {gathering}"),
        }
    }
}
