//! What a process knows about its job: who has failed, who has ended; and so how long a wait makes sense.
//!
//! Ranks that only wait for messages would wait forever for a rank that has failed. So a rank that fails sends a note to
//! every other, and waiting ranks look for notes now and then.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::members::Members;
use super::note::Note;
use super::patience::Patience;
use super::raw::{self, Group, Operation};
use crate::comm::awaited::Awaited;
use crate::comm::report::Report;
use crate::error::{Error, Result};

/// The tag of notes.
const NOTE: u32 = 0;

/// How long a message may still be under way from a rank whose program has ended.
const LAST_MESSAGES: Duration = Duration::from_secs(10);

pub(super) struct Job {
    /// All ranks of the job; carries nothing but notes and the last meeting.
    all: Arc<Group>,
    crowded: bool,
    /// Whether `halo::launch` runs the program, and so sees its end.
    launched: bool,
    news: Mutex<News>,
}

#[derive(Default)]
struct News {
    /// The first failure that came to be known.
    failure: Option<Error>,
    /// Whether this rank failed before it heard of another failure.
    own: bool,
    finished: BTreeSet<usize>,
}

impl Job {
    pub fn new(all: Arc<Group>, crowded: bool, launched: bool) -> Job {
        Job {
            all,
            crowded,
            launched,
            news: Mutex::default(),
        }
    }

    pub fn all(&self) -> &Arc<Group> {
        &self.all
    }

    pub fn is_launched(&self) -> bool {
        self.launched
    }

    pub fn patience(&self) -> Patience {
        Patience::new(self.crowded)
    }

    /// Returns what `look` finds, waiting until it finds something; it depends on these ranks of the job.
    ///
    /// # Errors
    /// Another rank has failed, or one that is waited for has ended.
    pub fn wait<T>(
        &self,
        awaited: Awaited,
        from: &Members,
        mut look: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        self.check()?;
        let mut patience = self.patience();
        let mut alone = None;
        loop {
            if let Some(found) = look()? {
                return Ok(found);
            }
            patience.pause();
            if patience.has_time() {
                self.listen()?;
                self.check()?;
                alone = self.alone(awaited, from, alone)?;
            }
        }
    }

    /// Waits for an operation to be over.
    pub fn finish(&self, awaited: Awaited, from: &Members, operation: &mut Operation) -> Result {
        self.wait(awaited, from, || Ok(operation.test()?.then_some(())))
    }

    /// Fails if the job has failed.
    pub fn check(&self) -> Result {
        match &self.news().failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    /// Fails if a rank that is waited for has ended, and nothing of it came for a while.
    fn alone(
        &self,
        awaited: Awaited,
        from: &Members,
        since: Option<Instant>,
    ) -> Result<Option<Instant>> {
        if std::thread::panicking() {
            return Err(Error::Aborted {
                rank: self.all.rank(),
                message: "it panicked".into(),
            });
        }
        let news = self.news();
        let Some(gone) = news.finished.iter().find(|rank| from.contain(**rank)) else {
            return Ok(None);
        };
        let since = since.unwrap_or_else(Instant::now);
        if since.elapsed() < LAST_MESSAGES {
            return Ok(Some(since));
        }
        Err(Error::Communication(format!(
            "rank {} waits for {awaited}, and rank {gone} has ended its program. Check that every message received is \
             sent, and that all ranks make the same collective calls",
            self.all.rank(),
        )))
    }

    /// Reads the notes that have come.
    pub fn listen(&self) -> Result {
        while let Some((from, mut operation)) = self.all.receive(None, NOTE)? {
            let mut patience = self.patience();
            while !operation.test()? {
                patience.pause();
            }
            match Note::read(operation.written()) {
                Note::Finished => {
                    self.news().finished.insert(from);
                }
                Note::Failed(report) => self.learn(report.into_aborted(from)),
            }
        }
        Ok(())
    }

    fn learn(&self, failure: Error) {
        self.news().failure.get_or_insert(failure);
    }

    /// Makes an error of this rank the end of the job: every wait of any rank ends. Tells whether it came by itself,
    /// before any other was known here.
    pub fn fail(&self, error: &Error) -> bool {
        let mut news = self.news();
        if news.failure.is_none() {
            news.own = true;
            let report = Report::new(error);
            news.failure = Some(report.clone().into_aborted(self.all.rank()));
            drop(news);
            if !self.launched {
                // Nobody sees this program's end, so it comes now.
                self.end(error);
            }
            self.tell(&Note::Failed(report));
            return true;
        }
        news.own
    }

    /// Sends a note to all other ranks.
    pub fn tell(&self, note: &Note) {
        for rank in (0..self.all.size()).filter(|rank| *rank != self.all.rank()) {
            // A note that cannot be sent has no one to complain to; the others end the job when they miss this rank.
            let _ = self.all.send(rank, NOTE, note.words());
        }
    }

    /// Ends all processes, after a last word.
    pub fn end(&self, cause: impl Display) -> ! {
        let (rank, ranks) = raw::rank_in_world();
        let message = format!("halo: rank {rank} of {ranks} ends the job: {cause}\n");
        // In one piece: other ranks write to the same terminal.
        let _ = std::io::stderr().write_all(message.as_bytes());
        raw::abort()
    }

    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
