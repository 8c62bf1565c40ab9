//! A rank's desk: where its messages arrive, and where it sleeps when it waits for one.
//!
//! All waiting of a rank happens at its own desk, so one bell can end any wait, and the job can count who sleeps: a rank
//! is counted by itself before it sleeps and uncounted by whoever rings. If every rank that still runs is counted, none
//! is left to ring, and the last to lie down reports the deadlock instead.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::job::Job;
use crate::comm::awaited::Awaited;
use crate::error::Result;

/// How often a waiting rank looks before it sleeps.
const PATIENCE: usize = 32;

/// A message of a channel; words, so that it is aligned for any number.
pub(super) type Words = Vec<u64>;

/// Messages of one route of a channel: those that arrived, and emptied ones that travel back to the sender.
#[derive(Default)]
pub(super) struct Mailbox {
    pub arrived: VecDeque<Words>,
    pub returned: Vec<Words>,
}

/// What lies on a desk.
#[derive(Default)]
pub(super) struct Mail {
    /// Single messages by group, sender and tag.
    pub letters: HashMap<(u64, usize, u32), VecDeque<Vec<u8>>>,
    /// The mailboxes of each channel of each group, by its receive routes.
    pub channels: HashMap<(u64, u64), Vec<Mailbox>>,
    /// What the rank waits for, while it is counted as asleep.
    sleeper: Option<Awaited>,
}

#[derive(Default)]
pub(super) struct Desk {
    mail: Mutex<Mail>,
    bell: Condvar,
    /// How often the bell has rung, for waiting ranks that do not sleep yet.
    rings: AtomicU64,
}

impl Desk {
    /// Puts something on the desk and rings.
    pub fn deliver<T>(&self, job: &Job, put: impl FnOnce(&mut Mail) -> T) -> T {
        let mut mail = self.lock();
        let put = put(&mut mail);
        if mail.sleeper.take().is_some() {
            job.woke();
        }
        self.rings.fetch_add(1, SeqCst);
        self.bell.notify_all();
        put
    }

    /// Looks at what lies here without waiting.
    pub fn look<T>(&self, look: impl FnOnce(&mut Mail) -> T) -> T {
        look(&mut self.lock())
    }

    /// Returns what `look` finds, waiting until it finds something: awake for a moment, since most messages are near,
    /// then asleep, since ranks may be more than cores.
    pub fn wait<T>(
        &self,
        job: &Job,
        rank: usize,
        awaited: Awaited,
        mut look: impl FnMut(&mut Mail) -> Option<T>,
    ) -> Result<T> {
        for _ in 0..PATIENCE {
            let rings = self.rings.load(SeqCst);
            if let Some(found) = look(&mut self.lock()) {
                return Ok(found);
            }
            job.check(rank)?;
            for _ in 0..job.spins() {
                if self.rings.load(SeqCst) != rings {
                    break;
                }
                std::hint::spin_loop();
            }
            std::thread::yield_now();
        }
        let mut mail = self.lock();
        loop {
            if let Some(found) = look(&mut mail) {
                return Ok(found);
            }
            job.check(rank)?;
            mail.sleeper = Some(awaited);
            if job.sleeps() {
                mail = self.bell.wait(mail).unwrap_or_else(PoisonError::into_inner);
                if mail.sleeper.take().is_some() {
                    // Nobody rang: condition variables may wake on their own.
                    job.woke();
                }
            } else {
                mail.sleeper = None;
                job.woke();
                drop(mail);
                return Err(job.deadlock(rank, awaited));
            }
        }
    }

    /// What the rank sleeping here waits for, if one does.
    pub fn sleeper(&self) -> Option<Awaited> {
        self.lock().sleeper
    }

    fn lock(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
