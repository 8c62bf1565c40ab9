//! The collective calls, by name: all ranks must make the same in the same order.

use std::fmt;

/// Which collective call a rank makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gathering {
    Barrier,
    AllGather,
    Sum { numbers: usize },
    Broadcast { root: usize },
    Channel,
    Split,
}

impl Gathering {
    /// The call in two numbers, for other processes to compare.
    #[cfg(feature = "mpi")]
    pub fn code(self) -> [u64; 2] {
        match self {
            Gathering::Barrier => [0, 0],
            Gathering::AllGather => [1, 0],
            Gathering::Sum { numbers } => [2, numbers as u64],
            Gathering::Broadcast { root } => [3, root as u64],
            Gathering::Channel => [4, 0],
            Gathering::Split => [5, 0],
        }
    }

    /// The inverse of [`Gathering::code`].
    #[cfg(feature = "mpi")]
    pub fn decode([call, number]: [u64; 2]) -> Gathering {
        let number = number as usize;
        match call {
            0 => Gathering::Barrier,
            1 => Gathering::AllGather,
            2 => Gathering::Sum { numbers: number },
            3 => Gathering::Broadcast { root: number },
            4 => Gathering::Channel,
            _ => Gathering::Split,
        }
    }

    /// What is wrong where one rank makes this call and another makes another.
    pub fn differs(self, rank: usize, other: Gathering, by: usize) -> String {
        format!(
            "rank {rank} calls {self} where rank {by} calls {other}; \
             all ranks must make the same collective calls in the same order"
        )
    }
}

impl fmt::Display for Gathering {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gathering::Barrier => write!(out, "barrier"),
            Gathering::AllGather => write!(out, "all_gather"),
            Gathering::Sum { numbers } => write!(out, "all_reduce_sum of {numbers} numbers"),
            Gathering::Broadcast { root } => write!(out, "broadcast from rank {root}"),
            Gathering::Channel => write!(out, "channel"),
            Gathering::Split => write!(out, "split"),
        }
    }
}
