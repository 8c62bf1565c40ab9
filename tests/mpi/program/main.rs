//! The program that the tests start under `mpirun`: what to do is its first argument.
//!
//! libtest runs tests on threads of its own, which is not how MPI programs live; so the checks are plain functions here,
//! and the launcher beside this folder counts what they say.

mod comm;
mod construction;
mod fault;
mod files;
mod handed_in;
mod harness;
mod operators;
mod parcel;
mod split;

#[path = "../../common/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod common;
#[path = "../../../examples/golden/main.rs"]
#[allow(dead_code, reason = "the program calls what `main` calls")]
mod golden;
#[path = "../../../examples/tutorial/main.rs"]
#[allow(dead_code, reason = "the program calls what `main` calls")]
mod tutorial;

use std::io::{stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (what, rest) = match arguments.split_first() {
        Some((what, rest)) => (what.as_str(), rest),
        None => ("", &[][..]),
    };
    let as_program = || {
        std::iter::once(what)
            .chain(rest.iter().map(String::as_str))
            .map(Into::into)
    };
    match what {
        "checks" => harness::report(halo::launch(|comm| {
            comm::checks(comm)?;
            split::checks(comm)?;
            files::checks(comm)
        })),
        "operators" => harness::report(halo::launch(operators::checks)),
        "constructions" => harness::report(halo::launch(construction::checks)),
        "handed-in" => handed_in::run(rest.first().map(String::as_str)),
        "fault" => fault::run(rest.first().map_or("", String::as_str)),
        "golden" => golden::run(as_program(), &mut stdout(), &mut stderr()).into(),
        "tutorial" => tutorial::run(as_program(), &mut stdout(), &mut stderr()).into(),
        _ => {
            eprintln!(
                "give one of checks, operators, constructions, handed-in, fault, golden, tutorial"
            );
            ExitCode::from(2)
        }
    }
}
