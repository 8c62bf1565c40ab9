//! What can be said on the command line.

use std::path::PathBuf;

use clap::Parser;

/// More thread ranks than this check nothing more.
const MOST_RANKS: usize = 64;

/// Applies the stock operators, forward and adjoint, to the cases of a folder of reference results.
///
/// Prints a line per family. Exits with 0 if all cases agree to 1e-12 (iterates as closely as the rounding of the reference
/// allows) on all rank counts and process grids, haloed blocks on their own, with 1 if
/// one does not, or if something cannot be read.
#[derive(Parser)]
#[command(name = "golden")]
pub struct Options {
    /// The folder: an index.json, and for each family a folder with a cases.json and .npy files
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,

    /// Rank counts, as threads of this process; under MPI its processes and one thread are the ranks
    #[arg(long, value_name = "N,N,..", value_delimiter = ',', default_value = "1,2,3,4,8", value_parser = rank_count)]
    pub ranks: Vec<usize>,

    /// One family of cases instead of all
    #[arg(long, value_name = "NAME")]
    pub family: Option<String>,
}

fn rank_count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(ranks @ 1..=MOST_RANKS) => Ok(ranks),
        _ => Err(format!("give whole numbers from 1 to {MOST_RANKS}")),
    }
}
