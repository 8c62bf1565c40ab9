//! W6: the traces of a section, convolved with a filter that changes along them.

use halo::prelude::*;
use halo::{Result, stock::NonStationaryConvolution};
use serde_json::json;

use super::hash::{self, hash};
use super::workload::Workload;

pub fn measure(workload: &Workload<'_>) -> Result {
    let (dims, entries) = (workload.dims::<2>()?, workload.command_line.nh);
    let grid = Grid::new(workload.comm, dims)?;
    let centres = centres(dims[1]);
    let filter =
        |[centre]: [usize; 1], [entry]: [usize; 1]| hash(centre * entries + entry, hash::K);
    let convolution = NonStationaryConvolution::from_fn([&centres], [entries], filter)
        .along([1])
        .on(&grid)?;
    let [x, u] = [hash::X, hash::U].map(|seed| hash::field(&grid, seed));
    let details = json!({ "nh": entries, "nf": centres.len() });
    workload.both_ways(&convolution, &x, &u, details)
}

/// 128 samples apart, or as much less as there are at least four of them.
fn centres(samples: usize) -> Vec<usize> {
    let mut spacing = 128;
    while spacing > samples / 4 && spacing > 1 {
        spacing /= 2;
    }
    (spacing / 2..samples).step_by(spacing).collect()
}
