//! Local operators on haloed blocks: serial ones that fail, and stencils against themselves on the whole grid.

use halo::operator::{Block, Crop, Halo, LocalOperator};
use halo::prelude::*;
use halo::{Error, Result, launch_all, launch_on};
use ndarray::{ArrayView1, ArrayViewMut1};

#[stencil]
fn wide(u: Input<f64, 2>, k: f64) -> f64 {
    k * u[[2, -1]] - u[[-2, 1]] + 3.0 * u[[0, 0]] + u[[1, 2]]
}

#[test]
fn a_stencil_on_blocks_is_the_stencil_on_the_grid() {
    for ranks in [1, 2, 3, 4, 8] {
        launch_on(ranks, |comm| {
            let grid = Grid::new(comm, [19, 17])?;
            let halo = Halo::new(&grid, [[2, 2], [1, 2]])?.keep(Boundary::Mirror)?;
            let local = Block::on_grid(&halo.blocks(), |block| Wide { k: 0.7 }.on(block))?;
            let chain = Crop::of(&halo) * local * &halo;
            let whole = Wide { k: 0.7 }.boundary(Boundary::Mirror).on(&grid)?;
            chain.exact_adjoint_test()?;
            chain.dot_test(1e-13)?;
            let x = grid.random(5);
            assert_eq!(chain.forward(&x)?.view(), whole.forward(&x)?.view());
            let mut difference = chain.adjoint(&x)?;
            difference.axpy(-1.0, &whole.adjoint(&x)?)?;
            assert!(difference.max_abs()? < 1e-14);
            Ok(())
        })
        .unwrap();
    }
}

/// Fails on the rank whose block holds a number below zero.
struct Root;

impl LocalOperator<f64, 1> for Root {
    fn name(&self) -> &str {
        "Root"
    }

    fn forward(&self, x: ArrayView1<'_, f64>, mut y: ArrayViewMut1<'_, f64>) -> Result {
        if let Some(x) = x.iter().find(|x| **x < 0.0) {
            return Err(Error::Invalid(format!("{x} has no root")));
        }
        y.assign(&x);
        Ok(())
    }

    fn adjoint(&self, y: ArrayView1<'_, f64>, x: ArrayViewMut1<'_, f64>) -> Result {
        self.forward(y, x)
    }
}

#[test]
fn a_local_failure_is_every_ranks() {
    let errors = launch_all(3, |comm| {
        let grid = Grid::new(comm, [9])?;
        let halo = Halo::new(&grid, 0)?;
        let chain = Crop::of(&halo) * Block::of(&halo.blocks(), &halo.blocks(), Root) * &halo;
        let x = grid.field(|[i]| if i == 5 { -1.0 } else { 1.0 });
        Ok(chain.forward(&x).unwrap_err().to_string())
    });
    assert_eq!(errors.unwrap(), vec!["on rank 1: -1 has no root"; 3]);
}

#[test]
fn what_is_written_to_is_zero_at_first() {
    launch_on(2, |comm| {
        let grid = Grid::new(comm, [6])?;
        let halo = Halo::new(&grid, 1)?;
        let blocks = halo.blocks();
        let adds = |x: ArrayView1<'_, f64>, mut y: ArrayViewMut1<'_, f64>| y += &x;
        let twice = Block::new(&blocks, &blocks, adds, adds);
        let x = halo.forward(&grid.field(|[i]| i as f64))?;
        let mut y = halo.forward(&grid.field(|_| 7.0))?;
        twice.forward_into(&x, &mut y)?;
        assert_eq!(x.view(), y.view());
        Ok(())
    })
    .unwrap();
}
