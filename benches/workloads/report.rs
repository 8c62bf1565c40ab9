//! The line of JSON that is printed for each direction.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::command_line::{Case, Direction};

#[derive(Serialize)]
pub struct Report<'a> {
    pub peer: &'a str,
    /// What shares the work: `threads`, `ranks` that are threads, or those of `mpi`.
    pub variant: &'a str,
    pub case: Case,
    pub direction: Direction,
    pub dtype: &'a str,
    pub dims: &'a [usize],
    pub ranks: usize,
    /// Of each rank.
    pub threads: usize,
    pub seconds_per_apply: f64,
    pub seconds_min: f64,
    pub repeats: usize,
    pub checksum: f64,
    /// What only some workloads have, an object.
    #[serde(flatten)]
    pub details: Value,
}

impl Report<'_> {
    /// Prints the line at once: the next one may be minutes away.
    pub fn print(&self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        writeln!(out)?;
        out.flush()
    }
}
