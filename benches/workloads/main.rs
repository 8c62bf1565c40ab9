//! Six workloads, forward and every adjoint, as a user of halo would write them.
//!
//! `cargo bench --bench workloads -- --case W1 --threads 2`; without `--case` all of them, at the sizes of the table. Each
//! direction gives a line of JSON: `seconds_per_apply` is the median of the repeats after one warm-up, nothing allocated
//! within the clock, and `checksum` is <u, A x> for `fwd` as for `adj`, which measures <x, Aᵀ u>. A program in another
//! language that takes the same options and prints the same lines can be set beside it.
//!
//! | case | work | ideal bytes per point |
//! |---|---|---|
//! | W1 | seven-point stencil in space, f64 | 16 |
//! | W2 | div(k grad x) in the plane, f64, and `gradk`, its gradient with respect to k | 24 |
//! | W3 | step of an acoustic wave of order 8 in space, in place, f32; `adj` on scaled states, `adj_strict` by the transpose of the step; `--nt` states | 16 |
//! | W4 | first derivative by five points along `--axis` of a plane, f64 | 16 |
//! | W5 | one exchange of halos of width `--halo` between ranks cut along `--axis`, `--dims` of each; the checksum is the number of wrong ghosts | |
//! | W6 | non-stationary convolution with filters of `--nh` entries along the last axis of a plane, f64 | 16 |
//!
//! Inputs are hashes of a point's number in row-major order, in 32-bit arithmetic: h = number * 2654435761 + seed;
//! h ^= h >> 15; h *= 2246822519; h ^= h >> 13; value = h / 2^32 - 1/2. The seeds are 1 for x, 777 for u, 4242 for
//! coefficients (k = 1.5 + value, c = 0.10 + 0.05 value) and filters. In W1 and W2, x and u are zero in the outermost layer.
//!
//! `--ranks` gives thread ranks. Under MPI build with `cargo bench --features mpi --bench workloads --no-run`, and start
//! what it names by `mpirun`.

mod command_line;
mod hash;
mod report;
mod stopwatch;
mod w1;
mod w2;
mod w3;
mod w4;
mod w5;
mod w6;
mod workload;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use command_line::{Case, CommandLine};
use halo::comm::Launcher;
use workload::Workload;

fn main() -> ExitCode {
    let command_line = CommandLine::parse();
    let cases = match &command_line.case {
        Some(case) => std::slice::from_ref(case),
        None => Case::value_variants(),
    };
    for case in cases {
        if let Err(error) = measure(*case, &command_line) {
            if Launcher::is_first() {
                eprintln!("workloads: {case:?}: {error}");
            }
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn measure(case: Case, command_line: &CommandLine) -> halo::Result {
    let ranks = command_line.ranks.unwrap_or(case.ranks());
    halo::launch_or(ranks, |comm| {
        let workload = Workload {
            comm: &comm.with_threads(command_line.threads),
            command_line,
            case,
        };
        match case {
            Case::W1 => w1::measure(&workload),
            Case::W2 => w2::measure(&workload),
            Case::W3 => w3::measure(&workload),
            Case::W4 => w4::measure(&workload),
            Case::W5 => w5::measure(&workload),
            Case::W6 => w6::measure(&workload),
        }
    })
}
