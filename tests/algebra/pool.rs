//! Random operators between 2-D fields, made of all that the algebra has.
//!
//! Their weights are small whole numbers where `whole` is asked for: on fields of small whole numbers nothing is then
//! rounded, and an adjoint can be held against its definition with `==`.

use halo::Result;
use halo::operator::{Block, Crop, Diagonal, Halo, Identity, Mask, Operator, Zero};
use halo::prelude::*;

use crate::random::Random;

pub type Plane = Field<f64, 2>;
pub type Plain = Operator<Plane, Plane>;

/// Neither symmetric nor alike in its axes.
#[stencil]
fn skewed(u: Input<f64, 2>, a: f64) -> f64 {
    a * u[[0, 0]] + 2.0 * u[[1, 0]] - u[[0, -1]] + 3.0 * u[[-1, 1]]
}

#[stencil]
fn laplacian(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]] - 4.0 * u[[0, 0]]
}

#[stencil]
fn to_faces(u: Input<f64, 2>) -> On<Face<0>, f64> {
    u[[0, 0]] - 2.0 * u[[-1, 0]]
}

const KINDS: [Boundary; 4] = [
    Boundary::Zero,
    Boundary::Clamp,
    Boundary::Mirror,
    Boundary::Antisymmetric,
];

/// What the weights and local operators of a pool may be.
#[derive(Clone, Copy)]
pub struct Pool {
    /// Whole numbers alone.
    pub whole: bool,
    /// Haloed blocks too, whose adjoints are summed in an order that depends on the blocks.
    pub blocks: bool,
}

impl Pool {
    /// An operator made of up to 2^depth others.
    pub fn draw(self, grid: &Grid<2>, random: &mut Random, depth: usize) -> Result<Plain> {
        if depth == 0 {
            return self.leaf(grid, random);
        }
        let mut part = || self.draw(grid, random, depth - 1);
        let (a, b) = (part()?, part()?);
        Ok(match random.between(0, 10) {
            0..=2 => &a * &b,
            3 => &a + &b,
            4 => &a - &b,
            5 => -(self.factor(random) * a),
            6 => a.adjoint_operator() * b,
            7 => a.transpose_operator() + b.conjugate_operator(),
            8 => a.pow(2),
            9 => (&b, &a).horizontal()? * (&a, &b).vertical()?,
            _ => {
                let both = (&a, &b).block_diagonal()?;
                let twice = vec![a.handle(), a.handle()].vertical()?;
                let sum = vec![a.handle(), b.handle()].horizontal()?;
                let identity = Identity::like(&a.zero_range());
                let copies = (&identity, &identity).vertical()?;
                sum * twice + copies.adjoint_operator() * both * copies
            }
        })
    }

    fn leaf(self, grid: &Grid<2>, random: &mut Random) -> Result<Plain> {
        let last = if self.blocks { 8 } else { 6 };
        Ok(match random.between(0, last) {
            0 => Skewed {
                a: self.factor(random),
            }
            .boundary(random.pick(&KINDS))
            .on(grid)?
            .into(),
            1 => Laplacian.boundary(random.pick(&KINDS)).on(grid)?.into(),
            2 => {
                let faces = ToFaces.on(grid)?;
                faces.adjoint_operator() * faces
            }
            3 => {
                let seed = random.bits();
                let weights = match self.whole {
                    true => whole(grid, seed),
                    false => grid.random(seed),
                };
                Diagonal::new(weights).into()
            }
            4 => {
                let step = random.between(2, 4);
                Mask::new(grid, move |[i, j]| (i + j) % step == 0).into()
            }
            5 => Identity::like(&grid.zeros()).into(),
            6 => Zero::between(&grid.zeros(), &grid.zeros()).into(),
            7 => {
                let halo = Halo::new(grid, [[1, 0], [0, 1]])?.keep(random.pick(&KINDS))?;
                let blocks = halo.blocks();
                let local = Block::on_grid(&blocks, |block| Skewed { a: 1.0 }.on(block))?;
                Crop::of(&halo) * local * halo
            }
            _ => {
                let halo = Halo::new(grid, 1)?;
                let blocks = halo.blocks();
                let local = Block::new(
                    &blocks,
                    &blocks,
                    |x, mut y| {
                        ndarray::Zip::indexed(&mut y).for_each(|(i, j), y| {
                            *y = 2.0 * x[[i, j]] - if i > 0 { x[[i - 1, j]] } else { 0.0 }
                        });
                    },
                    |y, mut x| {
                        for ((i, j), y) in y.indexed_iter() {
                            x[[i, j]] += 2.0 * y;
                            if i > 0 {
                                x[[i - 1, j]] -= y;
                            }
                        }
                    },
                );
                Crop::of(&halo) * local * halo
            }
        })
    }

    fn factor(self, random: &mut Random) -> f64 {
        match self.whole {
            true => random.between(0, 4) as f64 - 2.0,
            false => random.between(0, 1000) as f64 / 700.0 - 0.7,
        }
    }
}

/// Whole numbers from -3 to 3 that depend on the seed and the index alone.
pub fn whole(grid: &Grid<2>, seed: u64) -> Plane {
    let mut field = grid.random::<f64>(seed);
    field.update(|_, value| *value = (3.5 * *value).trunc());
    field
}

/// A grid of so many ranks with blocks of at least two points.
pub fn grid(comm: &Comm, random: &mut Random) -> Result<Grid<2>> {
    let extent = [random.between(8, 17), random.between(8, 13)];
    let periodic = [random.chance(30), random.chance(30)];
    let ranks = comm.size();
    let fitting: Vec<[usize; 2]> = (1..=ranks)
        .filter(|rows| ranks.is_multiple_of(*rows))
        .map(|rows| [rows, ranks / rows])
        .filter(|grid| grid[0] <= extent[0] / 2 && grid[1] <= extent[1] / 2)
        .collect();
    let process_grid = random.pick(&fitting);
    let builder = Grid::builder(comm, extent).periodic(periodic);
    builder.process_grid(process_grid).build()
}
