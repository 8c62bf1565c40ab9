//! The callback of a run: it sees every iterate and may end the run, on all ranks together.

use std::ops::ControlFlow;

use super::{History, Iteration};
use crate::comm::Comm;
use crate::error::Result;

/// What a callback sees after an iteration.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'s, X> {
    /// The iteration just done.
    pub iteration: &'s Iteration,
    /// The iterate.
    pub x: &'s X,
    /// All iterations so far.
    pub history: &'s History,
}

/// What a callback may return: nothing, `ControlFlow<()>` to end the run, or either in a `Result`.
pub trait Verdict {
    /// Whether to go on.
    ///
    /// # Errors
    /// The callback's own.
    fn flow(self) -> Result<ControlFlow<()>>;
}

impl Verdict for () {
    fn flow(self) -> Result<ControlFlow<()>> {
        Ok(ControlFlow::Continue(()))
    }
}

impl Verdict for ControlFlow<()> {
    fn flow(self) -> Result<ControlFlow<()>> {
        Ok(self)
    }
}

impl<V: Verdict> Verdict for Result<V> {
    fn flow(self) -> Result<ControlFlow<()>> {
        self?.flow()
    }
}

/// A callback of any kind.
pub(super) type Watch<'a, X> = Box<dyn FnMut(Snapshot<'_, X>) -> Result<ControlFlow<()>> + 'a>;

/// Collective: whether any rank wants to stop; the error of one is that of all. One small message.
pub(super) fn agree(comm: &Comm, verdict: Result<ControlFlow<()>>) -> Result<bool> {
    let stops = matches!(verdict, Ok(ControlFlow::Break(())));
    let mut votes = [i64::from(stops), i64::from(verdict.is_err())];
    comm.all_reduce_sum(&mut votes)?;
    let [stops, failures] = votes;
    if failures > 0 {
        comm.agree(verdict.map(drop))?;
    }
    Ok(stops > 0)
}
