//! The lessons of the tour, from a line to a volume.

use halo::Result;
use halo::operator::{Block, Crop, Halo};
use halo::prelude::*;
use ndarray::{ArrayView2, ArrayViewMut2, Zip};

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

/// A local operator between a halo and a crop: one number per cell, and a derivative, on blocks with halos of all kinds.
pub fn blocks(ranks: usize) -> Result<Lesson<2>> {
    let exercises = [
        Exercise {
            name: "times c, halo 1",
            place: |grid| scaled(grid, &Halo::new(grid, 1)?),
        },
        Exercise {
            name: "[0, 2]",
            place: |grid| scaled(grid, &Halo::new(grid, [0, 2])?),
        },
        Exercise {
            name: "[[1, 0], [2, 1]]",
            place: |grid| scaled(grid, &Halo::new(grid, [[1, 0], [2, 1]])?),
        },
        Exercise {
            name: "1, kept",
            place: |grid| scaled(grid, &Halo::new(grid, 1)?.keep(Boundary::Zero)?),
        },
        Exercise {
            name: "d/d1 on blocks",
            place: |grid| {
                let halo = Halo::new(grid, [0, 1])?;
                let local = Block::on_grid(&halo.blocks(), |block| along_between_walls(1, block))?;
                Ok(Crop::of(&halo) * local * &halo)
            },
        },
    ];
    Lesson::hold(ranks, [61, 47], &exercises)
}

/// With nothing beyond the ends: what a block's ends give goes away with the crop.
fn along_between_walls(axis: usize, grid: &Grid<2>) -> Result<Linear<2>> {
    let derivative = Centred { inv_2h: 0.5 / H }.along([axis]);
    Ok(Operator::new(derivative.on(grid)?))
}

/// A number for each cell of every rank's block, its ghosts included.
fn scaled(grid: &Grid<2>, halo: &Halo<f64, 2>) -> Result<Linear<2>> {
    let blocks = halo.blocks();
    let ([top, left], columns) = (blocks.start(), grid.extent()[1] as isize);
    let number = move |i: usize, j: usize| {
        let [i, j] = [top + i as isize, left + j as isize];
        1.0 + 1e-3 * (i * columns + j) as f64
    };
    let scale = move |x: ArrayView2<f64>, mut y: ArrayViewMut2<f64>| {
        Zip::indexed(&mut y)
            .and(&x)
            .for_each(|(i, j), y, x| *y = number(i, j) * x);
    };
    // A diagonal operator is its own adjoint.
    let local = Block::new(&blocks, &blocks, scale, scale);
    Ok(Crop::of(halo) * local * halo)
}

/// The stencil of the line on any axis of any grid.
fn along<const D: usize>(axis: usize, grid: &Grid<D>) -> Result<Linear<D>> {
    let derivative = Centred { inv_2h: 0.5 / H }
        .along([axis])
        .boundary(Boundary::Clamp);
    Ok(Operator::new(derivative.on(grid)?))
}
