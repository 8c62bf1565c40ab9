//! A serial operator on every rank's haloed block, with the true adjoint: `cargo run --release --example haloed_blocks`.

use halo::operator::{Block, Crop, Halo};
use halo::prelude::*;

fn main() -> halo::Result {
    halo::launch_on(4, |comm| {
        let grid = Grid::new(comm, [12, 10])?;
        // One cell before and two after each block along axis 0, none along axis 1.
        let halo = Halo::new(&grid, [[1, 2], [0, 0]])?;
        let blocks = halo.blocks();

        // y[i] = x[i + 2] - x[i - 1], as two closures on ndarray views.
        let local = Block::new(
            &blocks,
            &blocks,
            |x, mut y| {
                for i in 1..x.dim().0.saturating_sub(2) {
                    for j in 0..x.dim().1 {
                        y[[i, j]] = x[[i + 2, j]] - x[[i - 1, j]];
                    }
                }
            },
            |y, mut x| {
                for i in 1..y.dim().0.saturating_sub(2) {
                    for j in 0..y.dim().1 {
                        x[[i + 2, j]] += y[[i, j]];
                        x[[i - 1, j]] -= y[[i, j]];
                    }
                }
            },
        );
        let operator = Crop::of(&halo) * local * &halo;
        operator.dot_test(1e-12)?;

        let y = operator.forward(&grid.field(|[i, j]| (i * i + j) as f64))?;
        if let Some(value) = y.get([5, 3]) {
            println!("rank {} owns (5, 3): {value}, 7² - 4² = 33", comm.rank());
        }
        let owned = grid.block().shape();
        println!(
            "rank {}: {owned:?} haloed to {:?}",
            comm.rank(),
            blocks.shape()
        );
        Ok(())
    })
}
