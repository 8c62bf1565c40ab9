//! The same bits on any number of ranks and any process grid: iterates and history of every solver.

use halo::Result;
use halo::prelude::*;
use halo::solver::Checkpoint;

use crate::zoo::{EXTENT, Visitor, Whole, bits_of, visit_all};

#[derive(Default)]
struct Bits {
    of: Vec<(String, Vec<u64>)>,
}

impl Visitor for Bits {
    fn visit<'a, S>(&mut self, name: &str, solver: S) -> Result
    where
        S: Solver<'a>,
        S::Unknown: Whole,
        S::State: Checkpoint,
    {
        let mut run = solver.begin()?;
        while run.step()?.is_some() {}
        assert!(run.iteration().number >= 5, "{name}: {:?}", run.status());
        assert!(run.history().iter().all(|now| now.residual.is_finite()));
        let mut bits = bits_of(&run)?;
        bits.extend(format!("{:?}", run.status()).bytes().map(u64::from));
        self.of.push((name.into(), bits));
        Ok(())
    }
}

fn bits(process_grid: [usize; 2]) -> Vec<(String, Vec<u64>)> {
    let all = halo::launch_all(process_grid.iter().product(), |comm| {
        let grid = Grid::builder(comm, EXTENT)
            .process_grid(process_grid)
            .build()?;
        let mut bits = Bits::default();
        visit_all(&grid, &mut bits)?;
        Ok(bits.of)
    })
    .unwrap_or_else(|error| panic!("{process_grid:?}: {error}"));
    assert!(
        all.iter().all(|bits| *bits == all[0]),
        "ranks of {process_grid:?} differ"
    );
    all.into_iter().next().expect("a rank")
}

#[test]
fn no_process_grid_changes_a_bit() {
    let expected = bits([1, 1]);
    let grids = [
        [2, 1],
        [1, 2],
        [3, 1],
        [1, 3],
        [2, 2],
        [4, 1],
        [4, 2],
        [2, 4],
        [1, 8],
    ];
    for process_grid in grids {
        for ((name, found), (_, expected)) in bits(process_grid).iter().zip(&expected) {
            assert!(found == expected, "{name} over {process_grid:?}");
        }
    }
}

#[test]
fn runs_of_blocks_of_any_sizes_are_alike() {
    let expected = bits([1, 1]);
    let found = halo::launch_all(4, |comm| {
        let grid = Grid::with_blocks(comm, [&[2, 9], &[7, 2]])?;
        let mut bits = Bits::default();
        visit_all(&grid, &mut bits)?;
        Ok(bits.of)
    });
    assert!(found.expect("four ranks")[3] == expected);
}
