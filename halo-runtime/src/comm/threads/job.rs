//! What the ranks of a job share: their desks, their meetings, and the news that one of them failed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::desk::Desk;
use super::group::Groups;
use crate::comm::awaited::Awaited;
use crate::comm::environment;
use crate::error::Error;

/// Times a waiting rank checks its bell between two looks, if there is a core for every rank.
const SPINS: usize = 200;

pub(in crate::comm) struct Job {
    pub(super) desks: Vec<Desk>,
    pub(super) groups: Groups,
    spins: usize,
    /// Ranks whose program still runs.
    running: AtomicUsize,
    /// Ranks counted as asleep; see [`Desk`].
    asleep: AtomicUsize,
    failed: AtomicBool,
    failures: Mutex<Failures>,
    /// The ranks that have been told of a failure: what they report afterwards may be its consequence.
    told: Vec<AtomicBool>,
}

#[derive(Default)]
struct Failures {
    first: Option<(usize, Error)>,
    causes: BTreeMap<usize, Error>,
}

impl Job {
    pub fn new(ranks: usize) -> Job {
        Job {
            desks: (0..ranks).map(|_| Desk::default()).collect(),
            groups: Groups::default(),
            spins: if ranks <= environment::cores() {
                SPINS
            } else {
                0
            },
            running: AtomicUsize::new(ranks),
            asleep: AtomicUsize::new(0),
            failed: AtomicBool::new(false),
            failures: Mutex::default(),
            told: (0..ranks).map(|_| AtomicBool::new(false)).collect(),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.desks.len()
    }

    /// Ends the job because of a rank's error: everybody wakes and is told.
    pub fn fail(&self, rank: usize, error: &Error) {
        let consequence = self.told[rank].load(SeqCst);
        let mut failures = self.failures();
        failures.first.get_or_insert_with(|| (rank, error.clone()));
        if !consequence {
            failures.causes.entry(rank).or_insert_with(|| error.clone());
        }
        drop(failures);
        self.failed.store(true, SeqCst);
        self.ring_all();
    }

    /// A rank's program has ended; whoever waits for it alone learns so.
    pub fn finish(&self) {
        self.running.fetch_sub(1, SeqCst);
        self.ring_all();
    }

    /// Why the job failed, if it did: the error of the lowest rank that failed by itself.
    pub fn root_cause(&self) -> Option<Error> {
        let failures = self.failures();
        let cause = failures.causes.values().next();
        cause
            .or(failures.first.as_ref().map(|(_, error)| error))
            .cloned()
    }

    /// Fails if the job has failed.
    pub(super) fn check(&self, rank: usize) -> Result<(), Error> {
        if !self.failed.load(SeqCst) {
            return Ok(());
        }
        self.told[rank].store(true, SeqCst);
        match &self.failures().first {
            Some((rank, error)) => Err(Error::Aborted {
                rank: *rank,
                message: error.to_string(),
            }),
            None => Ok(()),
        }
    }

    /// Wakes all ranks, to look again at what they wait for.
    pub(super) fn ring_all(&self) {
        for desk in &self.desks {
            desk.deliver(self, |_| ());
        }
    }

    /// Counts a rank as asleep; false if no rank is left awake that could ring.
    pub(super) fn sleeps(&self) -> bool {
        let asleep = self.asleep.fetch_add(1, SeqCst) + 1;
        asleep < self.running.load(SeqCst)
    }

    /// Uncounts a rank that was asleep.
    pub(super) fn woke(&self) {
        self.asleep.fetch_sub(1, SeqCst);
    }

    /// The error for a rank that would have waited forever.
    pub(super) fn deadlock(&self, rank: usize, awaited: Awaited) -> Error {
        let mut message = format!("rank {rank} waits for {awaited}");
        for (other, desk) in self.desks.iter().enumerate() {
            if let Some(awaited) = desk.sleeper().filter(|_| other != rank) {
                let _ = write!(message, ", rank {other} for {awaited}");
            }
        }
        message += "; no other rank is left that could end the wait. Check that every message received is sent, and \
                    that all ranks make the same collective calls";
        Error::Communication(message)
    }

    /// How often a waiting rank checks its bell between two looks.
    pub(super) fn spins(&self) -> usize {
        self.spins
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
