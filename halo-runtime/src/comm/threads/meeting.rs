//! Collective calls: a meeting takes place when all ranks have come.
//!
//! Meetings are numbered by each rank for itself, so all agree on the number. Two tables suffice: a rank that comes to
//! meeting n + 2 has seen meeting n + 1 full, so everybody has left meeting n.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};

/// Which collective call a rank makes; all ranks must make the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gathering {
    Barrier,
    AllGather,
    Sum { numbers: usize },
    Broadcast { root: usize },
    Channel,
}

impl fmt::Display for Gathering {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Gathering::Barrier => write!(out, "barrier"),
            Gathering::AllGather => write!(out, "all_gather"),
            Gathering::Sum { numbers } => write!(out, "all_reduce_sum of {numbers} numbers"),
            Gathering::Broadcast { root } => write!(out, "broadcast from rank {root}"),
            Gathering::Channel => write!(out, "channel"),
        }
    }
}

/// What ranks bring to a meeting and take from it.
#[derive(Default)]
pub(super) struct Table {
    /// Each rank's bytes (only the root's in a broadcast).
    pub parts: Vec<Vec<u8>>,
    /// The sums so far.
    pub sums: Vec<i64>,
    /// The call and the rank that made it first.
    first: Option<(Gathering, usize)>,
    came: usize,
    left: usize,
}

pub(super) struct Meetings {
    ranks: usize,
    tables: [Mutex<Table>; 2],
    /// How many meetings were full.
    held: AtomicU64,
}

impl Meetings {
    pub fn new(ranks: usize) -> Meetings {
        let table = || {
            Mutex::new(Table {
                parts: vec![Vec::new(); ranks],
                ..Table::default()
            })
        };
        Meetings {
            ranks,
            tables: [table(), table()],
            held: AtomicU64::new(0),
        }
    }

    /// Brings a rank's share to a meeting; tells whether this was the last rank to come.
    pub fn come(
        &self,
        number: u64,
        rank: usize,
        gathering: Gathering,
        bring: impl FnOnce(&mut Table),
    ) -> Result<bool> {
        self.at(number, |table| {
            let (agreed, by) = *table.first.get_or_insert((gathering, rank));
            if gathering != agreed {
                return Err(Error::Communication(format!(
                    "rank {rank} calls {gathering} where rank {by} calls {agreed}; \
                     all ranks must make the same collective calls in the same order"
                )));
            }
            bring(table);
            table.came += 1;
            let full = table.came == self.ranks;
            if full {
                self.held.store(number + 1, SeqCst);
            }
            Ok(full)
        })
    }

    /// Whether all ranks have come to a meeting.
    pub fn is_full(&self, number: u64) -> bool {
        self.held.load(SeqCst) > number
    }

    /// Takes the result from a full meeting; the last to leave clears the table.
    pub fn leave<T>(&self, number: u64, take: impl FnOnce(&Table) -> T) -> T {
        self.at(number, |table| {
            let taken = take(table);
            table.left += 1;
            if table.left == self.ranks {
                table.parts.iter_mut().for_each(Vec::clear);
                table.sums.clear();
                (table.first, table.came, table.left) = (None, 0, 0);
            }
            taken
        })
    }

    fn at<T>(&self, number: u64, sit: impl FnOnce(&mut Table) -> T) -> T {
        let table = &self.tables[(number % 2) as usize];
        sit(&mut table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
