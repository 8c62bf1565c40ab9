//! Which ranks of the job make up a communicator.
//!
//! The whole job is a number, so that no rank of a large job holds a table of all.

use std::sync::Arc;

/// Ranks of the job, by their number in the communicator.
#[derive(Clone)]
pub(super) enum Members {
    /// All of them; so many.
    All(usize),
    /// Those of a part.
    Some(Arc<[usize]>),
}

impl Members {
    /// The rank of the job that is number `rank` here.
    pub fn in_job(&self, rank: usize) -> usize {
        match self {
            Members::All(_) => rank,
            Members::Some(ranks) => ranks[rank],
        }
    }

    /// Whether a rank of the job is among them.
    pub fn contain(&self, rank_in_job: usize) -> bool {
        match self {
            Members::All(size) => rank_in_job < *size,
            Members::Some(ranks) => ranks.contains(&rank_in_job),
        }
    }

    /// Those that `chosen` says of their numbers here.
    pub fn part(&self, chosen: impl IntoIterator<Item = usize>) -> Members {
        Members::Some(chosen.into_iter().map(|rank| self.in_job(rank)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_speak_of_the_job() {
        let all = Members::All(9);
        let odd = all.part([1, 3, 5, 7]);
        let last = odd.part([2, 3]);
        assert_eq!([odd.in_job(1), last.in_job(0), last.in_job(1)], [3, 5, 7]);
        assert!(last.contain(7) && !last.contain(3) && !all.contain(9));
    }
}
