//! What a report on a problem should say: backend, MPI library, ranks and hosts, process grid, messages of an exchange.
//!
//! `cargo run --release --example info -- --dims 512x512x512`, or under `mpirun` in a build with `--features mpi`.

mod counting;
mod hosts;
mod options;
mod survey;

use std::process::ExitCode;

use clap::Parser;
use halo::comm::Launcher;
use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    let launcher = match Launcher::detect() {
        Ok(launcher) => launcher,
        Err(error) => return fail(&error),
    };
    let report = halo::launch(|comm| survey::report(comm, launcher, &options));
    match report {
        Ok(report) => {
            if Launcher::is_first() {
                print!("{report}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

fn fail(error: &halo::Error) -> ExitCode {
    if Launcher::is_first() {
        eprintln!("info: {error}");
    }
    ExitCode::FAILURE
}
