//! How a run ends: with a line on rank 0 that the launcher looks for, or with the error.

use std::io::Write;
use std::process::ExitCode;

use halo::{Comm, Error, Result};

/// What the launcher looks for.
pub const PASSED: &str = "all checks passed";

/// Tells the launcher; in one piece, since other ranks write to the same terminal.
pub fn tell_passed() {
    let _ = std::io::stdout().write_all(format!("{PASSED}\n").as_bytes());
}

/// Prints the outcome of a job.
pub fn report(outcome: Result) -> ExitCode {
    match outcome {
        Ok(()) => {
            tell_passed();
            ExitCode::SUCCESS
        }
        Err(error) => {
            // In one piece: other ranks write to the same terminal.
            let _ = std::io::stderr().write_all(format!("{error}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

/// Runs a check on all ranks; its name is told where it fails.
pub fn check(comm: &Comm, name: &str, body: impl FnOnce() -> Result) -> Result {
    if std::env::var_os("HALO_TELL").is_some() && comm.rank() == 0 {
        eprintln!("{name}");
    }
    body().map_err(|error| Error::Invalid(format!("{name}: {error}")))?;
    // No check sees what another has left on its way.
    comm.barrier()
}

/// The words of an error that must come, the same on every rank.
pub fn refusal<T>(comm: &Comm, answer: Result<T>) -> Result<String> {
    let Err(error) = answer else {
        return Err(Error::Invalid("this should have been refused".into()));
    };
    let message = error.to_string();
    let all = comm.all_gather(message.as_bytes())?;
    assert!(
        all.iter().all(|other| other == message.as_bytes()),
        "rank {} is told `{message}`, the others are told otherwise",
        comm.rank()
    );
    Ok(message)
}
