//! Who talks to whom: the ranks of a job, and how they exchange bytes.

mod alone;
mod awaited;
mod channel;
mod communicator;
#[cfg(test)]
mod deadline;
mod environment;
mod gathering;
mod launch;
mod launcher;
#[cfg(feature = "mpi")]
mod mpi;
mod report;
mod threads;

pub use channel::{Channel, Route, Routes};
pub use communicator::{Comm, Communicator, MOST_TAG};
pub use launch::{launch, launch_all, launch_on, launch_or};
pub use launcher::Launcher;
