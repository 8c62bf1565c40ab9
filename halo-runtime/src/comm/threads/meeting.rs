//! Collective calls: a meeting takes place when all ranks have come.
//!
//! Meetings are numbered by each rank for itself, so all agree on the number. Two tables suffice: a rank that comes to
//! meeting n + 2 has seen meeting n + 1 full, so everybody has left meeting n.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use crate::comm::gathering::Gathering;
use crate::error::{Error, Result};

/// What ranks bring to a meeting and take from it.
#[derive(Default)]
pub(super) struct Table {
    /// Each rank's bytes (only the root's in a broadcast).
    pub parts: Vec<Vec<u8>>,
    /// The sums so far.
    pub sums: Vec<i64>,
    /// The call and the rank that made it first.
    first: Option<(Gathering, usize)>,
    /// What is wrong, where another rank made another call.
    differs: Option<String>,
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

    /// Brings a rank's share to a meeting; tells whether this was the last rank to come. Where the ranks make different
    /// calls, all learn of it when they leave.
    pub fn come(
        &self,
        number: u64,
        rank: usize,
        gathering: Gathering,
        bring: impl FnOnce(&mut Table),
    ) -> bool {
        self.at(number, |table| {
            let (agreed, by) = *table.first.get_or_insert((gathering, rank));
            match gathering == agreed {
                true => bring(table),
                false => table.differs = Some(gathering.differs(rank, agreed, by)),
            }
            table.came += 1;
            let full = table.came == self.ranks;
            if full {
                self.held.store(number + 1, SeqCst);
            }
            full
        })
    }

    /// Whether all ranks have come to a meeting.
    pub fn is_full(&self, number: u64) -> bool {
        self.held.load(SeqCst) > number
    }

    /// Takes the result from a full meeting; the last to leave clears the table.
    ///
    /// # Errors
    /// The ranks came for different calls; every rank is told the same.
    pub fn leave<T>(&self, number: u64, take: impl FnOnce(&Table) -> T) -> Result<T> {
        self.at(number, |table| {
            let taken = match &table.differs {
                Some(message) => Err(Error::Communication(message.clone())),
                None => Ok(take(table)),
            };
            table.left += 1;
            if table.left == self.ranks {
                table.parts.iter_mut().for_each(Vec::clear);
                table.sums.clear();
                (table.first, table.differs) = (None, None);
                (table.came, table.left) = (0, 0);
            }
            taken
        })
    }

    fn at<T>(&self, number: u64, sit: impl FnOnce(&mut Table) -> T) -> T {
        let table = &self.tables[(number % 2) as usize];
        sit(&mut table.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
