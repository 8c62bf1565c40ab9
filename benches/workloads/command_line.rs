//! What can be said on the command line.

use clap::{Parser, ValueEnum};
use serde::Serialize;

/// Applies the operators of one workload, and prints a line of JSON for each direction.
#[derive(Parser)]
#[command(name = "workloads")]
pub struct CommandLine {
    /// The workload; all of them if it is left out
    #[arg(long)]
    pub case: Option<Case>,

    /// Points along each axis (W5: of each rank); as in the table if left out
    #[arg(long, value_name = "N", num_args = 1..=3)]
    pub dims: Vec<usize>,

    /// Threads of each rank
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub threads: usize,

    /// Ranks, as threads of this process (a launcher of MPI has its own): W5 2, otherwise 1, if left out
    #[arg(long, value_name = "N")]
    pub ranks: Option<usize>,

    /// Measured applications, after one that is not
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeats: u32,

    #[arg(long, value_enum, default_value_t = Direction::All)]
    pub direction: Direction,

    /// W3: states of the wave, one more than there are steps
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..))]
    pub nt: u32,

    /// W4: the axis of the derivative; W5: the axis that is cut
    #[arg(long, value_name = "AXIS", default_value_t = 0)]
    pub axis: usize,

    /// W5: the width of the halo, 1 to 4
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=4))]
    pub halo: u32,

    /// W6: entries of a filter
    #[arg(long, value_name = "N", default_value_t = 65)]
    pub nh: usize,

    /// Who the lines say was measured
    #[arg(long, value_name = "NAME", default_value = "halo")]
    pub peer: String,

    /// What `cargo bench` adds
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
#[value(rename_all = "UPPER")]
pub enum Case {
    W1,
    W2,
    W3,
    W4,
    W5,
    W6,
}

impl Case {
    /// The ranks where nobody says how many.
    pub fn ranks(self) -> usize {
        match self {
            Case::W5 => 2,
            _ => 1,
        }
    }

    /// The size of the table.
    pub fn dims(self) -> &'static [usize] {
        match self {
            Case::W1 => &[512, 512, 256],
            Case::W2 | Case::W4 => &[6144, 6144],
            Case::W3 => &[384, 384, 384],
            Case::W5 => &[256, 256, 256],
            Case::W6 => &[512, 4096],
        }
    }
}

/// Which way the operator is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize)]
pub enum Direction {
    #[value(name = "fwd")]
    #[serde(rename = "fwd")]
    Forward,
    #[value(name = "adj")]
    #[serde(rename = "adj")]
    Adjoint,
    /// W2: the gradient of the coefficient
    #[value(name = "gradk")]
    #[serde(rename = "gradk")]
    Gradient,
    /// W3: the transpose of each step, in reverse
    #[value(name = "adj_strict")]
    #[serde(rename = "adj_strict")]
    Strict,
    All,
}
