//! Checks the stock operators against a folder of reference results, on several rank counts and process grids.
//!
//! `cargo run --release --example golden -- DIR`; begin reading with `check.rs`.

mod array;
mod built;
mod case;
mod cgls;
mod check;
mod convolution;
mod family;
mod haloed;
mod operation;
mod options;
mod process_grids;
mod ranks;
mod report;
mod run;

use std::ffi::OsString;
use std::io::{Write, sink, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use halo::comm::Launcher;
use options::Options;
use ranks::Ranks;

fn main() -> ExitCode {
    // Under MPI all processes compute alike, and one speaks.
    match Launcher::is_first() {
        true => run(std::env::args_os(), &mut stdout(), &mut stderr()),
        false => run(std::env::args_os(), &mut sink(), &mut sink()),
    }
    .into()
}

/// The whole program: exit code 0 where everything agreed, 1 where something did not or could not be read, 2 for wrong
/// usage.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut impl Write,
    complaints: &mut impl Write,
) -> u8 {
    // Where nobody reads what is written, there is nobody to tell.
    match Options::try_parse_from(arguments) {
        Err(error) if error.use_stderr() => {
            write!(complaints, "{error}").ok();
            2
        }
        Err(help) => {
            write!(out, "{help}").ok();
            0
        }
        Ok(options) => match check_all(&options, out) {
            Ok(()) => 0,
            Err(message) => {
                writeln!(complaints, "golden: {message}").ok();
                1
            }
        },
    }
}

/// Prints a line per family; the error is what the whole came to.
fn check_all(options: &Options, out: &mut impl Write) -> Result<(), String> {
    let families = family::families(&options.folder, options.family.as_deref())?;
    let ranks = Ranks::choose(&options.ranks).map_err(|error| error.to_string())?;
    let (mut cases, mut runs, mut failures) = (0, 0, 0);
    for family in &families {
        let report = check::check(family, &ranks);
        write!(out, "{report}").and_then(|()| out.flush()).ok();
        cases += report.cases;
        runs += report.runs;
        failures += report.failures.len();
    }
    match (failures, runs) {
        (0, 0) => Err("nothing was run, so nothing is known to be right".into()),
        (0, _) => {
            writeln!(out, "All {cases} cases agree in all {runs} runs.").ok();
            Ok(())
        }
        (1, _) => Err("1 failure".into()),
        _ => Err(format!("{failures} failures")),
    }
}
