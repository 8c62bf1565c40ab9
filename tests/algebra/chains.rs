//! Random chains of operators: the exact adjoint, and the same bits on any ranks.

use halo::prelude::*;
use halo::{Result, launch_all, launch_on};

use crate::deadline::within;
use crate::pool::{Pool, grid, whole};
use crate::random::{Random, cases};

const RANKS: [usize; 5] = [1, 2, 3, 4, 8];

#[test]
fn adjoints_are_exact() {
    let pool = Pool {
        whole: true,
        blocks: true,
    };
    let mut different = 0;
    for seed in 0..cases(40) as u64 {
        for ranks in RANKS {
            let products = launch_all(ranks, |comm| {
                let random = &mut Random::new(seed);
                let grid = grid(comm, random)?;
                let depth = random.between(1, 3);
                let operator = pool.draw(&grid, random, depth)?;
                let (x, y) = (whole(&grid, seed + 1), whole(&grid, seed + 2));
                let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);
                let largest = ax.max_abs()?.max(aty.max_abs()?);
                assert!(largest < 2f64.powi(45), "{largest} may be rounded");
                Ok((operator.name().to_owned(), ax.dot(&y)?, x.dot(&aty)?))
            });
            let (name, forward, adjoint) = within(60, || products).unwrap().swap_remove(0);
            assert_eq!(forward, adjoint, "`{name}` on {ranks} ranks, seed {seed}");
            different += u32::from(forward != 0.0);
        }
    }
    assert!(different > 100, "most chains must give something");
}

#[test]
fn bits_do_not_depend_on_the_ranks() {
    let pool = Pool {
        whole: false,
        blocks: false,
    };
    for seed in 100..100 + cases(25) as u64 {
        let run = |ranks: usize| -> Result<Vec<u64>> {
            let bits = launch_all(ranks, |comm| {
                let random = &mut Random::new(seed);
                // The same grid and chain on any ranks: the process grid alone is drawn last.
                let extent = [random.between(8, 17), random.between(8, 13)];
                let periodic = [random.chance(30), random.chance(30)];
                let grid = Grid::builder(comm, extent).periodic(periodic).build()?;
                let operator = pool.draw(&grid, random, 2)?;
                let (x, y) = (grid.random(seed + 1), grid.random(seed + 2));
                let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);
                // Again, into vectors that hold something else: what is kept in between must not show.
                let (mut again, mut back) = (y.clone(), x.clone());
                operator.forward_into(&x, &mut again)?;
                operator.adjoint_into(&y, &mut back)?;
                assert_eq!((again.view(), back.view()), (ax.view(), aty.view()));
                let all = ax.gather_all()?.into_iter().chain(aty.gather_all()?);
                Ok(all.map(f64::to_bits).collect())
            })?;
            Ok(bits.into_iter().next().unwrap_or_default())
        };
        let expected = run(1).unwrap();
        for ranks in &RANKS[1..] {
            assert_eq!(within(60, || run(*ranks)).unwrap(), expected, "seed {seed}");
        }
    }
}

#[test]
fn parts_are_tested_exactly() {
    let pool = Pool {
        whole: false,
        blocks: false,
    };
    for seed in 0..cases(10) as u64 {
        within(60, || {
            launch_on(3, |comm| {
                let random = &mut Random::new(seed);
                let grid = grid(comm, random)?;
                let operator = pool.draw(&grid, random, 2)?;
                operator.exact_adjoint_test()?;
                operator.dot_test(1e-12)
            })
        })
        .unwrap();
    }
}

#[test]
fn products_with_the_adjoint_are_known_to_be_self_adjoint() {
    let pool = Pool {
        whole: true,
        blocks: true,
    };
    for seed in 0..cases(20) as u64 {
        launch_on(2, |comm| {
            let random = &mut Random::new(seed);
            let grid = grid(comm, random)?;
            let a = pool.draw(&grid, random, 1)?;
            let normal = a.adjoint_operator() * &a;
            let sum = 3.0 * (&normal + a.adjoint_operator() + &a);
            let squared = sum.pow(2).self_adjoint()?;
            let (x, y) = (whole(&grid, 1), whole(&grid, 2));
            assert_eq!(squared.forward(&x)?.dot(&y)?, x.dot(&squared.forward(&y)?)?);
            Ok(())
        })
        .unwrap();
    }
}
