//! What is counted: stencils of several shapes, each applied a few times on one rank and one thread.

use std::process::ExitCode;

use halo::prelude::*;
use halo::{Result, launch_on, stock::NonStationaryConvolution};

/// A stencil in one direction, with the instructions that a point may cost.
pub struct Case {
    pub name: &'static str,
    extent: [usize; 3],
    pub at_most: f64,
    apply: fn(&Grid<3>, usize) -> Result,
}

impl Case {
    pub fn points(&self) -> usize {
        self.extent.iter().product()
    }
}

const LONG: [usize; 3] = [8, 64, 256];
const SHORT: [usize; 3] = [16, 64, 64];
/// As many rows as a tile has read the same filters.
const FILTERED: [usize; 3] = [1, 64, 512];

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    Case { name: "seven points forward", extent: LONG, at_most: 6.5, apply: seven_points::<true> },
    Case { name: "seven points adjoint", extent: LONG, at_most: 6.5, apply: seven_points::<false> },
    Case { name: "seven points forward, short rows", extent: SHORT, at_most: 7.9, apply: seven_points::<true> },
    Case { name: "seven points adjoint, short rows", extent: SHORT, at_most: 7.9, apply: seven_points::<false> },
    Case { name: "flux forward", extent: LONG, at_most: 10.8, apply: flux::<true> },
    Case { name: "flux adjoint", extent: LONG, at_most: 10.8, apply: flux::<false> },
    Case { name: "wave in place forward", extent: LONG, at_most: 10.3, apply: wave::<true> },
    Case { name: "wave in place adjoint", extent: LONG, at_most: 16.0, apply: wave::<false> },
    Case { name: "filters forward", extent: FILTERED, at_most: 79.0, apply: filters::<true> },
    Case { name: "filters adjoint", extent: FILTERED, at_most: 83.0, apply: filters::<false> },
];

/// Applies a case so many times.
pub fn apply(name: &str, applications: usize) -> ExitCode {
    let Some(case) = CASES.iter().find(|case| case.name == name) else {
        eprintln!("there is no case {name:?}");
        return ExitCode::FAILURE;
    };
    let done = launch_on(1, |comm| {
        let grid = Grid::new(&comm.with_threads(1), case.extent)?;
        (case.apply)(&grid, applications)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn repeat<K: LinearOperator>(operator: &K, forward: bool, applications: usize) -> Result {
    let (mut x, mut y) = (operator.zero_domain(), operator.zero_range());
    for _ in 0..applications {
        match forward {
            true => operator.forward_into(&x, &mut y)?,
            false => operator.adjoint_into(&y, &mut x)?,
        }
    }
    Ok(())
}

#[stencil]
fn seven(u: Input<f64, 3>, w: [f64; 7]) -> f64 {
    w[0] * u[[-1, 0, 0]]
        + w[1] * u[[0, -1, 0]]
        + w[2] * u[[0, 0, -1]]
        + w[3] * u[[0, 0, 0]]
        + w[4] * u[[0, 0, 1]]
        + w[5] * u[[0, 1, 0]]
        + w[6] * u[[1, 0, 0]]
}

fn seven_points<const FORWARD: bool>(grid: &Grid<3>, applications: usize) -> Result {
    let w = [1.10, 1.20, 1.05, -6.0, 0.95, 0.80, 0.90];
    repeat(&Seven { w }.on(grid)?, FORWARD, applications)
}

/// div(k grad u) in every plane.
#[stencil(axes = (1, 2))]
fn plane_flux(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    let mut sum = 0.0;
    for [i, j] in [[-1, 0], [1, 0], [0, -1], [0, 1]] {
        sum += 0.5 * (k[[0, 0]] + k[[i, j]]) * (u[[i, j]] - u[[0, 0]]);
    }
    sum
}

fn flux<const FORWARD: bool>(grid: &Grid<3>, applications: usize) -> Result {
    let k = Coefficient::from(1.5);
    repeat(&PlaneFlux { k }.on(grid)?, FORWARD, applications)
}

#[stencil(overwrite = before)]
fn leapfrog(u: Input<f32, 3>, before: Input<f32, 3>, c: Coef<f32, 3>) -> f32 {
    let mut laplacian = 3.0 * (-205.0 / 72.0) * u[[0, 0, 0]];
    let weights = [8.0 / 5.0, -1.0 / 5.0, 8.0 / 315.0, -1.0 / 560.0];
    for d in 1..=4 {
        laplacian += weights[(d - 1) as usize]
            * ((u[[0, 0, -d]] + u[[0, 0, d]])
                + (u[[0, -d, 0]] + u[[0, d, 0]])
                + (u[[-d, 0, 0]] + u[[d, 0, 0]]));
    }
    2.0 * u[[0, 0, 0]] - before[[0, 0, 0]] + c[[0, 0, 0]] * laplacian
}

fn wave<const FORWARD: bool>(grid: &Grid<3>, applications: usize) -> Result {
    let c = Coefficient::from(0.1);
    let step = Leapfrog { c }.on(grid)?;
    let (mut now, mut before) = (grid.zeros(), grid.zeros());
    for _ in 0..applications {
        match FORWARD {
            true => step.forward_in_place(&now, &mut before)?,
            false => step.adjoint_in_place(&mut now, &mut before)?,
        }
    }
    Ok(())
}

/// Filters of 33 entries that change along every row.
fn filters<const FORWARD: bool>(grid: &Grid<3>, applications: usize) -> Result {
    let centres: Vec<usize> = (64..512).step_by(128).collect();
    let convolution = NonStationaryConvolution::from_fn([&centres], [33], |[centre], [entry]| {
        (centre + entry) as f64
    });
    repeat(&convolution.along([2]).on(grid)?, FORWARD, applications)
}
