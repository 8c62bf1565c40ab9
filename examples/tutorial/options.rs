//! What can be said on the command line.

use std::path::PathBuf;

use clap::Parser;

/// A guided tour of halo: stencil operators on several ranks, forward and adjoint, and pictures of a map.
#[derive(Parser)]
#[command(name = "tutorial")]
pub struct Options {
    /// Ranks, as threads of this process; under MPI its processes are the ranks
    #[arg(long, value_name = "N", env = "HALO_RANKS", default_value = "4", value_parser = rank_count)]
    pub ranks: usize,

    /// A map of your own, a 2-D array with row 0 in the north; the default is Jacksboro, Tennessee
    #[arg(long, value_name = "FILE.npy")]
    pub input: Option<PathBuf>,

    /// Where the pictures are written
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

fn rank_count(text: &str) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(ranks) if ranks > 0 => Ok(ranks),
        _ => Err("give a whole number of at least 1".into()),
    }
}
