//! Walls with values: A x + b against the formula evaluated on ghosts as the boundary kinds define them.

use halo::grid::Wall;
use halo::prelude::*;
use halo::{Result, launch_on};

use crate::deadline::within;
use crate::pool::whole;
use crate::random::{Random, cases};

#[stencil]
fn wide(u: Input<f64, 2>, v: Input<f64, 2>) -> f64 {
    2.0 * u[[2, -1]] - u[[-2, 1]] + 3.0 * u[[0, 0]] + u[[1, 2]] - u[[0, -2]] + v[[0, 1]]
}

const KINDS: [Boundary; 9] = [
    Boundary::Zero,
    Boundary::Clamp,
    Boundary::Mirror,
    Boundary::Reflect,
    Boundary::Antisymmetric,
    Boundary::OddReflect,
    Boundary::Odd,
    Boundary::Extrapolate,
    Boundary::Zero,
];

/// Whole numbers that differ from wall to wall.
fn value(wall: Wall<2>) -> f64 {
    let side = if wall.side == Side::Low { 1.0 } else { -2.0 };
    let [i, j] = wall.index.map(|i| i as f64);
    side * (1.0 + wall.input as f64) + 3.0 * wall.axis as f64 + i - 2.0 * j
}

/// An array and what lies beyond its ends.
struct Extended<'a> {
    input: usize,
    cells: &'a ndarray::Array2<f64>,
    periodic: [bool; 2],
    kinds: [[Boundary; 2]; 2],
}

impl Extended<'_> {
    /// Ghosts along the last axis are made of those along the first.
    fn at(&self, index: [isize; 2]) -> f64 {
        let index: [isize; 2] = std::array::from_fn(|axis| match self.periodic[axis] {
            true => index[axis].rem_euclid(self.cells.shape()[axis] as isize),
            false => index[axis],
        });
        for axis in [1, 0] {
            let n = self.cells.shape()[axis] as isize;
            let i = index[axis];
            let go = |to: isize| {
                let mut index = index;
                index[axis] = to;
                index
            };
            if (0..n).contains(&i) {
                continue;
            }
            let (side, distance, end, inward) = match i < 0 {
                true => (Side::Low, -i, 0, 1),
                false => (Side::High, i - n + 1, n - 1, -1),
            };
            let kind = self.kinds[axis][side.index()];
            let cells = kind.ghost(distance as usize);
            let cells = cells
                .iter()
                .map(|&(j, w)| w as f64 * self.at(go(end + inward * j as isize)));
            let wall = kind.wall_weight(distance as usize).map_or(0.0, |weight| {
                let (input, index) = (self.input, go(end));
                weight as f64
                    * value(Wall {
                        input,
                        axis,
                        side,
                        index,
                    })
            });
            return cells.sum::<f64>() + wall;
        }
        self.cells[index.map(|i| i as usize)]
    }
}

fn check(comm: &Comm, seed: u64) -> Result {
    let random = &mut Random::new(seed);
    let extent = [random.between(12, 17), random.between(12, 17)];
    let periodic = [random.chance(20), random.chance(20)];
    let kinds = match random.chance(20) {
        true => [[Boundary::Zero; 2]; 2],
        false => [(); 2].map(|()| [(); 2].map(|()| random.pick(&KINDS))),
    };
    let grid = Grid::builder(comm, extent).periodic(periodic).build()?;
    let mut placed = Wide {}.boundary(Boundary::Zero);
    for axis in (0..2).filter(|axis| !periodic[*axis]) {
        for side in Side::BOTH {
            placed = placed.boundary_at(axis, side, kinds[axis][side.index()]);
        }
    }
    let operator = placed.on(&grid)?;
    let x = (whole(&grid, seed), whole(&grid, seed + 1));
    let mut y = operator.forward(&x)?;
    let b = operator.boundary_term(value)?;
    assert_eq!(operator.forward(&x)?.view(), y.view(), "walls at rest");
    y.axpy(1.0, &b)?;
    let cells = [x.0.gather_all()?, x.1.gather_all()?];
    let of = |input: usize| Extended {
        input,
        cells: &cells[input],
        periodic,
        kinds,
    };
    let block = grid.block();
    for (at, found) in block.indices().zip(y.view()) {
        let window = |input: usize| {
            let array = of(input);
            Input::window([2, 2], [2, 2], move |offset: [isize; 2]| {
                array.at([at[0] + offset[0], at[1] + offset[1]])
            })
        };
        assert_eq!(
            *found,
            wide(window(0), window(1)),
            "{at:?}, {kinds:?}, {periodic:?}"
        );
    }
    Ok(())
}

#[test]
fn walls_add_what_their_ghosts_hold() {
    for seed in 0..cases(20) as u64 {
        for ranks in [1, 2, 3, 4] {
            within(60, || launch_on(ranks, |comm| check(comm, seed))).unwrap();
        }
    }
}
