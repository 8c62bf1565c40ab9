//! The lessons of the tour, from a line to a volume.

use halo::Result;
use halo::operator::Operator;
use halo::prelude::*;

use super::comparison::Linear;
use super::kernels::{Centred, Double, FivePoint, Mixed, SevenPoint};
use super::lesson::{Exercise, Lesson};

/// Distance between neighbouring cells.
const H: f64 = 0.1;

/// First derivatives on a line.
///
/// # Errors
/// As for [`Lesson::hold`], here and below.
pub fn line(ranks: usize) -> Result<Lesson<1>> {
    let exercises = [
        Exercise {
            name: "3-point",
            place: |grid| Ok(Operator::new(Centred { inv_2h: 0.5 / H }.on(grid)?)),
        },
        Exercise {
            name: "5-point",
            place: |grid| {
                Ok(Operator::new(
                    FivePoint {
                        inv_12h: 1.0 / (12.0 * H),
                    }
                    .on(grid)?,
                ))
            },
        },
    ];
    Lesson::hold(ranks, [101], &exercises)
}

/// Scaling, derivatives and a mixed derivative on a plane.
pub fn plane(ranks: usize) -> Result<Lesson<2>> {
    let exercises = [
        Exercise {
            name: "times 2",
            place: |grid| Ok(Operator::new(Double.on(grid)?)),
        },
        Exercise {
            name: "d/d0",
            place: |grid| along(0, grid),
        },
        Exercise {
            name: "d/d1",
            place: |grid| along(1, grid),
        },
        Exercise {
            name: "d2/d0d1",
            place: |grid| {
                Ok(Operator::new(
                    Mixed {
                        inv_4h2: 0.25 / (H * H),
                    }
                    .on(grid)?,
                ))
            },
        },
    ];
    Lesson::hold(ranks, [61, 47], &exercises)
}

/// Derivatives and a Laplacian in a volume.
pub fn volume(ranks: usize) -> Result<Lesson<3>> {
    let exercises = [
        Exercise {
            name: "d/d0",
            place: |grid| along(0, grid),
        },
        Exercise {
            name: "d/d1",
            place: |grid| along(1, grid),
        },
        Exercise {
            name: "d/d2",
            place: |grid| along(2, grid),
        },
        Exercise {
            name: "Laplacian",
            place: |grid| {
                let laplacian = SevenPoint {
                    inv_h2: 1.0 / (H * H),
                }
                .boundary(Boundary::Mirror);
                Ok(Operator::new(laplacian.on(grid)?))
            },
        },
    ];
    Lesson::hold(ranks, [37, 31, 29], &exercises)
}

/// The stencil of the line on any axis of any grid.
fn along<const D: usize>(axis: usize, grid: &Grid<D>) -> Result<Linear<D>> {
    let derivative = Centred { inv_2h: 0.5 / H }
        .along([axis])
        .boundary(Boundary::Clamp);
    Ok(Operator::new(derivative.on(grid)?))
}
