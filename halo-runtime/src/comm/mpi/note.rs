//! What ranks tell each other beside their messages: that one has failed, or that one is at its end and still waited for.

use super::envelope;
use crate::comm::report::Report;

/// A note to all other ranks.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Note {
    /// The sender's program has ended well.
    Finished,
    /// The sender has failed.
    Failed(Report),
}

impl Note {
    pub fn words(&self) -> Vec<u64> {
        envelope::seal(&match self {
            Note::Finished => vec![],
            Note::Failed(report) => report.encode(),
        })
    }

    pub fn read(words: &[u64]) -> Note {
        match envelope::open(words) {
            [] => Note::Finished,
            report => Note::Failed(Report::decode(report)),
        }
    }
}
