//! W2: div(k grad x) in the plane, as an operator of x, and its gradient with respect to k.

use halo::Result;
use halo::prelude::*;
use serde_json::json;

use super::command_line::Direction;
use super::hash;
use super::workload::Workload;

/// The flux through each of the four faces, k there being the mean of its neighbours.
#[stencil]
fn diffusion(x: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    let flux = |i: isize, j: isize| (k[[0, 0]] + k[[i, j]]) * (x[[i, j]] - x[[0, 0]]);
    0.5 * (flux(1, 0) + flux(-1, 0) + flux(0, 1) + flux(0, -1))
}

pub fn measure(workload: &Workload<'_>) -> Result {
    let grid = Grid::new(workload.comm, workload.dims::<2>()?)?;
    let k = hash::field(&grid, hash::K).map(|hash| 1.5 + hash);
    let operator = Diffusion { k: k.into() }.on(&grid)?;
    let [x, u] = [hash::X, hash::U].map(|seed| hash::inside(&grid, seed));
    workload.both_ways(&operator, &x, &u, json!({}))?;
    if workload.wants(Direction::Gradient) {
        // <u, A(k) x> is linear in k: its gradient is the transpose of k -> A(k) x, applied to u.
        let of_k = Diffusion { k: 0.0.into() }.wrt_k(&x).on(&grid)?;
        let mut gradient = of_k.zero_domain();
        let seconds = workload.seconds(|| of_k.adjoint_into(&u, &mut gradient))?;
        let checksum = gradient.dot(&hash::inside(&grid, hash::K))?;
        workload.report::<f64>(Direction::Gradient, &seconds, checksum, &json!({}))?;
    }
    Ok(())
}
