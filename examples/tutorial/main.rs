//! A guided tour of halo: operators on a line, a plane and a volume, convolutions
//! whose filters change from point to point, slope, Laplacian and diffusion of a real map, and its deblurring.
//!
//! `cargo run --release --example tutorial`; begin reading with `kernels.rs`, then `tour.rs`.

mod axis;
mod blurring;
mod chart;
mod comparison;
mod convolution;
mod course;
mod deblurring;
mod figure;
mod frame;
mod gallery;
mod kernels;
mod lesson;
mod map;
mod options;
mod palette;
mod paper;
mod picture;
mod relief;
mod restorations;
mod scene;
mod seismograms;
mod sheet;
mod table;
mod tour;
mod wavelets;

use std::ffi::OsString;
use std::io::{Write, sink, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use halo::comm::Launcher;
use options::Options;

fn main() -> ExitCode {
    // Under MPI all processes give the tour together, and one speaks.
    match Launcher::is_first() {
        true => run(std::env::args_os(), &mut stdout(), &mut stderr()),
        false => run(std::env::args_os(), &mut sink(), &mut sink()),
    }
    .into()
}

/// The whole program: exit code 0 where all went well, 1 where the tour ended with an error, 2 for wrong usage.
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
        Ok(options) => match tour::give(&options, out) {
            Ok(()) => 0,
            Err(error) => {
                writeln!(complaints, "tutorial: {error}").ok();
                1
            }
        },
    }
}
