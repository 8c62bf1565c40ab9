//! Who talks to whom: the ranks of a job, and how they exchange bytes.

mod alone;
mod channel;
mod communicator;
#[cfg(test)]
mod deadline;
mod environment;
mod launch;
mod threads;

pub use channel::{Channel, Route, Routes};
pub use communicator::{Comm, Communicator};
pub use launch::{launch, launch_all, launch_on};
