//! W4: the first derivative along one axis of a plane, by five points.

use halo::prelude::*;
use halo::{Result, stock::FirstDerivative};
use serde_json::json;

use super::hash;
use super::workload::Workload;

pub fn measure(workload: &Workload<'_>) -> Result {
    let axis = workload.command_line.axis;
    let grid = Grid::new(workload.comm, workload.dims::<2>()?)?;
    let derivative = FirstDerivative::new(axis).order(5).on(&grid)?;
    let [x, u] = [hash::X, hash::U].map(|seed| hash::field(&grid, seed));
    workload.both_ways(&derivative, &x, &u, json!({ "axis": axis }))
}
