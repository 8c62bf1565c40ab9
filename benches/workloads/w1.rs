//! W1: the seven-point stencil in space, with constants of which no two are alike.

use halo::Result;
use halo::prelude::*;
use serde_json::json;

use super::hash;
use super::workload::Workload;

/// Without symmetry, so that an adjoint that is the forward is noticed.
#[stencil]
fn seven_point(u: Input<f64, 3>) -> f64 {
    -6.0 * u[[0, 0, 0]]
        + 1.10 * u[[-1, 0, 0]]
        + 0.90 * u[[1, 0, 0]]
        + 1.20 * u[[0, -1, 0]]
        + 0.80 * u[[0, 1, 0]]
        + 1.05 * u[[0, 0, -1]]
        + 0.95 * u[[0, 0, 1]]
}

pub fn measure(workload: &Workload<'_>) -> Result {
    let grid = Grid::new(workload.comm, workload.dims::<3>()?)?;
    let operator = SevenPoint.on(&grid)?;
    let [x, u] = [hash::X, hash::U].map(|seed| hash::inside(&grid, seed));
    workload.both_ways(&operator, &x, &u, json!({}))
}
