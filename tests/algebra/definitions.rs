//! Every composite against its definition, spelled out with the verbs of its parts.

use halo::field::Replicated;
use halo::operator::{Broadcast, Diagonal, Mask};
use halo::prelude::*;
use halo::{Result, launch_on};

use crate::pool::{Plain, Plane, Pool, whole};
use crate::random::Random;

fn on_three_ranks(body: impl Fn(&Grid<2>, Plain, Plain) -> Result + Sync) {
    let pool = Pool {
        whole: true,
        blocks: true,
    };
    launch_on(3, |comm| {
        let grid = Grid::new(comm, [11, 9])?;
        for seed in 0..5 {
            let random = &mut Random::new(seed);
            body(
                &grid,
                pool.draw(&grid, random, 1)?,
                pool.draw(&grid, random, 1)?,
            )?;
        }
        Ok(())
    })
    .unwrap();
}

/// factor * a + b.
fn combined(factor: f64, a: &Plane, b: &Plane) -> Result<Plane> {
    let mut sum = b.clone();
    sum.axpy(factor, a)?;
    Ok(sum)
}

#[test]
fn sums_products_powers_and_multiples() {
    on_three_ranks(|grid, a, b| {
        let x = whole(grid, 7);
        let (of_a, of_b) = (a.forward(&x)?, b.forward(&x)?);
        assert_eq!(
            (&a + &b).forward(&x)?.view(),
            combined(1.0, &of_a, &of_b)?.view()
        );
        assert_eq!(
            (&b - &a).forward(&x)?.view(),
            combined(-1.0, &of_a, &of_b)?.view()
        );
        assert_eq!((&b * &a).forward(&x)?.view(), b.forward(&of_a)?.view());
        assert_eq!(
            (&b * &a).adjoint(&x)?.view(),
            a.adjoint(&b.adjoint(&x)?)?.view()
        );
        assert_eq!((-&a).forward(&x)?.view(), of_a.map(|value| -value).view());
        assert_eq!(
            (3.0 * &a).adjoint(&x)?.view(),
            a.adjoint(&x)?.map(|value| 3.0 * value).view()
        );
        assert_eq!(
            a.adjoint_operator().forward(&x)?.view(),
            a.adjoint(&x)?.view()
        );
        assert_eq!(a.adjoint_operator().adjoint(&x)?.view(), of_a.view());
        assert_eq!(
            a.transpose_operator().forward(&x)?.view(),
            a.adjoint(&x)?.view()
        );
        let (mut power, mut back) = (x.clone(), x.clone());
        for exponent in 0..6 {
            assert_eq!(
                a.pow(exponent).forward(&x)?.view(),
                power.view(),
                "{exponent}"
            );
            assert_eq!(
                a.pow(exponent).adjoint(&x)?.view(),
                back.view(),
                "{exponent}"
            );
            (power, back) = (a.forward(&power)?, a.adjoint(&back)?);
        }
        Ok(())
    });
}

#[test]
fn stacks() {
    on_three_ranks(|grid, a, b| {
        let (x, y) = (whole(grid, 7), whole(grid, 8));
        let below = (&a, &b, &a).vertical()?;
        let (first, second, third) = below.forward(&x)?;
        assert_eq!(
            (first.view(), second.view()),
            (a.forward(&x)?.view(), b.forward(&x)?.view())
        );
        assert_eq!(third.view(), first.view());
        let back = combined(1.0, &a.adjoint(&y)?, &b.adjoint(&x)?)?;
        let back = combined(1.0, &a.adjoint(&x)?, &back)?;
        assert_eq!(
            below.adjoint(&(x.clone(), x.clone(), y.clone()))?.view(),
            back.view()
        );
        let beside = (&a, &b).horizontal()?;
        let both = combined(1.0, &a.forward(&x)?, &b.forward(&y)?)?;
        assert_eq!(beside.forward(&(x.clone(), y.clone()))?.view(), both.view());
        assert_eq!(beside.adjoint(&x)?.1.view(), b.adjoint(&x)?.view());
        let along = (&a, &b).block_diagonal()?;
        let (of_a, of_b) = along.forward(&(x.clone(), y.clone()))?;
        assert_eq!(
            (of_a.view(), of_b.view()),
            (a.forward(&x)?.view(), b.forward(&y)?.view())
        );
        let (of_a, of_b) = along.adjoint(&(x.clone(), y.clone()))?;
        assert_eq!(
            (of_a.view(), of_b.view()),
            (a.adjoint(&x)?.view(), b.adjoint(&y)?.view())
        );
        Ok(())
    });
}

#[test]
fn weights_masks_and_broadcasts() {
    launch_on(4, |comm| {
        let grid = Grid::new(comm, [8, 6])?;
        let (weights, x) = (whole(&grid, 3), whole(&grid, 4));
        let mut product = x.clone();
        product.zip(&weights, |value, weight| *value *= weight)?;
        assert_eq!(Diagonal::new(weights).forward(&x)?.view(), product.view());
        let mask = Mask::new(&grid, |[i, j]| i > j).forward(&x)?;
        let all = x.gather_all()?;
        for ((i, j), value) in mask.gather_all()?.indexed_iter() {
            assert_eq!(*value, if i > j { all[[i, j]] } else { 0.0 });
        }
        for shape in [[8, 6], [8, 1], [1, 6], [1, 1]] {
            let broadcast = Broadcast::new(&grid, shape)?;
            let array = ndarray::Array2::from_shape_fn(shape, |(i, j)| (10 * i + j) as f64);
            let spread = broadcast.forward(&Replicated::new(comm, array.clone()))?;
            assert_eq!(spread.gather_all()?, array.broadcast([8, 6]).unwrap());
            // Twice: what the first left behind must not show.
            for _ in 0..2 {
                let sums = broadcast.adjoint(&x)?;
                let mut expected = ndarray::Array2::<f64>::zeros(shape);
                for ((i, j), value) in all.indexed_iter() {
                    expected[[i.min(shape[0] - 1), j.min(shape[1] - 1)]] += value;
                }
                assert_eq!(sums.view(), expected);
            }
        }
        Ok(())
    })
    .unwrap();
}
