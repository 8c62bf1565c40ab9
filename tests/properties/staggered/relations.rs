//! What operators on a staggered grid are to each other: the divergence is minus the adjoint of the gradient, and the curl
//! of a gradient is zero. Values are small whole numbers, so that sums are exact.

use halo::operator::{LinearOperator, StencilExt};
use halo::prelude::*;
use halo::{Result, launch_all, launch_on};

use super::zoo::*;

type Faces = (Field<f64, 2, Face<0>>, Field<f64, 2, Face<1>>);

fn grids(program: impl Fn(&Grid<2>) -> Result + Sync) {
    for ranks in [1, 2, 3, 4, 8] {
        for periodic in [[false, false], [true, false], [true, true]] {
            launch_on(ranks, |comm| {
                program(&Grid::builder(comm, [8, 9]).periodic(periodic).build()?)
            })
            .unwrap();
        }
    }
}

fn whole([i, j]: [usize; 2]) -> f64 {
    ((7 * i + 3 * j) % 11) as f64 - 5.0
}

#[test]
fn the_divergence_is_minus_the_adjoint_of_the_gradient() {
    grids(|grid| {
        let velocity: Faces = (grid.field_at(whole), grid.field_at(|[i, j]| whole([j, i])));
        let divergence = Divergence { inv_h: 2.0 }.on(grid)?.forward(&velocity)?;
        let adjoint = Gradient { inv_h: 2.0 }.on(grid)?.adjoint(&velocity)?;
        assert_eq!(divergence.view(), adjoint.map(|value| -value).view());
        assert!(divergence.max_abs()? > 0.0);
        Ok(())
    });
}

#[test]
fn the_curl_of_a_gradient_is_zero() {
    grids(|grid| {
        let pressure = grid.field(whole);
        let gradient = Gradient { inv_h: 1.0 }.on(grid)?.forward(&pressure)?;
        let curl = Curl.on(grid)?.forward(&gradient)?;
        assert_eq!(curl.extent(), grid.extent_at::<(Face<0>, Face<1>)>());
        // Beyond the walls pressure is zero, and so are the velocities along them: inside, nothing is left.
        let inside = |n: usize, i: usize, periodic: bool| periodic || (0 < i && i < n);
        let mut rest = curl.clone();
        rest.update(|[i, j], value| {
            let [n, m] = grid.extent();
            let [a, b] = grid.periodic();
            if !(inside(n, i, a) && inside(m, j, b)) {
                *value = 0.0;
            }
        });
        assert_eq!(rest.max_abs()?, 0.0);
        Ok(())
    });
}

#[test]
fn coefficients_may_be_fields_at_their_location() {
    let sums = [1, 2, 3, 4, 8].map(|ranks| {
        let all = launch_all(ranks, |comm| {
            let grid = Grid::new(comm, [8, 9])?;
            let weights: Field<f64, 2, Face<1>> = grid.field_at(|[i, j]| 0.1 * (i + 2 * j) as f64);
            let average = Average { k: weights.into() }.on(&grid)?;
            average.exact_adjoint_test()?;
            let mean = average.forward(&grid.field(whole))?;
            average.update(|average| {
                average.k = grid.field_at(|[i, j]| 0.1 * (i + 2 * j) as f64).into();
            })?;
            assert_eq!(average.forward(&grid.field(whole))?.view(), mean.view());
            Ok(mean.sum()?.to_bits())
        });
        all.unwrap()[0]
    });
    assert_eq!(sums, [sums[0]; 5]);
}
