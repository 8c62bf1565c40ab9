//! Who computes: threads of this process, or the processes of an MPI job.

use std::fmt;

use halo::{Comm, Result, comm::Launcher, launch, launch_on};

/// A number of ranks.
#[derive(Clone, Copy, PartialEq)]
pub enum Ranks {
    Threads(usize),
    Processes(usize),
}

impl Ranks {
    /// The numbers asked for, as threads; under MPI one thread, for comparison, and the processes that there are.
    ///
    /// # Errors
    /// MPI cannot be started.
    pub fn choose(threads: &[usize]) -> Result<Vec<Ranks>> {
        if Launcher::detect()?.is_none() {
            return Ok(threads.iter().copied().map(Ranks::Threads).collect());
        }
        let processes = launch(|comm| Ok(comm.size()))?;
        Ok(vec![Ranks::Threads(1), Ranks::Processes(processes)])
    }

    /// Runs a program on these ranks.
    pub fn launch<R: Send>(self, program: impl Fn(&Comm) -> Result<R> + Sync) -> Result<R> {
        match self {
            Ranks::Threads(ranks) => launch_on(ranks, program),
            Ranks::Processes(_) => launch(program),
        }
    }

    pub fn count(self) -> usize {
        match self {
            Ranks::Threads(ranks) | Ranks::Processes(ranks) => ranks,
        }
    }
}

impl fmt::Display for Ranks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ranks::Threads(ranks) => write!(f, "{ranks}"),
            Ranks::Processes(ranks) => write!(f, "{ranks} (MPI)"),
        }
    }
}
