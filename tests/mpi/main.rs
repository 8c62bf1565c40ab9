//! MPI: the program in `program/` under `mpirun`, with every MPI library that is installed, on up to 27 ranks.
//!
//! Runs go one after the other, each with a time limit, since one with 27 ranks fills a machine. `cargo test --test mpi
//! WORDS` runs those whose names hold all the words. Without MPI nothing is run and the reason is told;
//! `HALO_MPI=require` makes that a failure.

mod binary;
mod case;
mod flavour;
mod process;

use std::process::ExitCode;
use std::time::Instant;

use flavour::Flavour;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    // `cargo test -- --list` and the like ask for names.
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let flavours = Flavour::installed();
    if flavours.is_empty() {
        return skip("no MPI is installed: there is neither an `mpicc` nor an `mpirun`");
    }
    let (mut passed, mut failed) = (0, 0);
    for flavour in &flavours {
        let binary = match binary::build(flavour) {
            Ok(binary) => binary,
            Err(binary::Unbuilt::Lacking(reason)) => return skip(&reason),
            Err(binary::Unbuilt::Broken(message)) => {
                eprintln!("{flavour}: the program does not build\n{message}");
                return ExitCode::FAILURE;
            }
        };
        for case in case::all(flavour, &flavours) {
            let name = format!("{flavour}, {case}");
            if !words.iter().all(|word| name.contains(word.as_str())) {
                continue;
            }
            let start = Instant::now();
            match case.run(flavour, &binary) {
                Ok(()) => {
                    passed += 1;
                    eprintln!("{name} ... ok, {:.1} s", start.elapsed().as_secs_f64());
                }
                Err(message) => {
                    failed += 1;
                    eprintln!("{name} ... FAILED\n{message}");
                }
            }
        }
    }
    eprintln!("MPI: {passed} runs passed, {failed} failed");
    match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Tells why nothing is run.
fn skip(reason: &str) -> ExitCode {
    eprintln!("MPI: skipped, {reason}");
    match std::env::var("HALO_MPI").as_deref() {
        Ok("require") => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}
