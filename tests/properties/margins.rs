//! The margin is a cache, the workspace is reused, coefficients are replaced: no application may see what an earlier one
//! left behind.

use halo::prelude::*;
use halo::{Error, Result, launch_all};
use ndarray::{Array, Array2};

use crate::common::deadline::within;
use crate::common::kernels::*;
use crate::common::random::{Random, noise};

const EXTENT: [usize; 2] = [13, 11];
/// 1 rank, ranks with neighbours on one axis, on both, and thick enough for every kind.
const PROCESS_GRIDS: [[usize; 2]; 3] = [[1, 1], [2, 1], [2, 2]];

/// Runs a program on every process grid.
fn on_all(program: impl Fn(&Grid<2>) -> Result + Sync) {
    for dims in PROCESS_GRIDS {
        let run = || {
            launch_all(dims[0] * dims[1], |comm| {
                program(
                    &Grid::builder(comm, EXTENT)
                        .process_grid(dims)
                        .periodic([false; 2])
                        .build()?,
                )
            })
        };
        within(60, run).unwrap_or_else(|error| panic!("{dims:?}: {error}"));
    }
}

fn random(grid: &Grid<2>, seed: u64) -> Field<f64, 2> {
    grid.field(|[i, j]| noise(seed, 0, 100 * i + j))
}

/// All cells of this rank are the same bits.
#[track_caller]
fn assert_same(found: &Field<f64, 2>, expected: &Field<f64, 2>, what: &str) {
    assert_eq!(
        found.view().mapv(f64::to_bits),
        expected.view().mapv(f64::to_bits),
        "{what}"
    );
}

#[test]
fn fields_of_any_margin_give_the_same() {
    on_all(|grid| {
        // Made while no operator had asked for a margin.
        let (x, y) = (random(grid, 1), random(grid, 2));
        let (mut narrow_ax, mut narrow_aty) = (random(grid, 3), random(grid, 4));
        assert_eq!(x.margin(), [[0; 2]; 2]);
        let operator = Corners.boundary(Boundary::OddReflect).on(grid)?;
        let (wide_x, wide_y) = (random(grid, 1), random(grid, 2));
        assert_ne!(wide_x.margin(), x.margin());

        let (ax, aty) = (operator.forward(&wide_x)?, operator.adjoint(&wide_y)?);
        for (x, y) in [(&x, &y), (&wide_x, &wide_y)] {
            assert_same(&operator.forward(x)?, &ax, "forward");
            assert_same(&operator.adjoint(y)?, &aty, "adjoint");
            operator.forward_into(x, &mut narrow_ax)?;
            assert_same(&narrow_ax, &ax, "forward into a narrow field");
            operator.adjoint_into(y, &mut narrow_aty)?;
            assert_same(&narrow_aty, &aty, "adjoint into a narrow field");
        }
        // Narrow fields are served through a copy, which must not be an old one.
        let (mut x, mut y) = (x, y);
        x.scale(2.0);
        y.scale(2.0);
        let (twice_ax, twice_aty) = (ax.map(|value| 2.0 * value), aty.map(|value| 2.0 * value));
        assert_same(
            &operator.forward(&x)?,
            &twice_ax,
            "forward of a changed field",
        );
        assert_same(
            &operator.adjoint(&y)?,
            &twice_aty,
            "adjoint of a changed field",
        );
        // An operator that reaches further makes all of them narrow.
        let _further = Knights { u: 0.5 }.on(grid)?;
        let widest = random(grid, 1);
        assert_ne!(widest.margin(), wide_x.margin());
        assert_same(&operator.forward(&widest)?, &ax, "forward of a wider field");
        Ok(())
    });
}

/// Reaches further than `Corners` on every side.
#[stencil]
fn knights(v: Input<f64, 2>, u: f64) -> f64 {
    v[[4, 1]] - u * v[[-4, -3]] + v[[0, 4]]
}

#[test]
fn outputs_are_overwritten() {
    on_all(|grid| {
        let operator = Corners.boundary(Boundary::Extrapolate).on(grid)?;
        let (x, y) = (random(grid, 1), random(grid, 2));
        let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);
        let mut reused = random(grid, 3);
        for _ in 0..3 {
            operator.forward_into(&x, &mut reused)?;
            assert_same(&reused, &ax, "forward");
            // Its margin now holds what was gathered beyond the grid.
            operator.adjoint_into(&y, &mut reused)?;
            assert_same(&reused, &aty, "adjoint");
            // And as an input of the same operator.
            let again = operator.forward(&reused)?;
            assert_same(
                &again,
                &operator.forward(&aty.clone())?,
                "forward of a reused field",
            );
        }
        Ok(())
    });
}

#[test]
fn operators_of_all_kinds_share_a_field() {
    on_all(|grid| {
        let mut random_kind = Random::new(6);
        let mut kind = || random_kind.pick(&Boundary::ALL);
        let mut operators = Vec::new();
        for _ in 0..12 {
            let placement = Corners
                .boundary(kind())
                .boundary_at(0, Side::Low, kind())
                .boundary_at(1, Side::High, kind());
            operators.push(placement.on(grid)?);
        }
        let (shared_x, shared_y) = (random(grid, 1), random(grid, 2));
        let mut expected = Vec::new();
        for operator in &operators {
            expected.push((
                operator.forward(&random(grid, 1))?,
                operator.adjoint(&random(grid, 2))?,
            ));
        }
        for k in [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 8, 0, 7, 11, 10] {
            assert_same(&operators[k].forward(&shared_x)?, &expected[k].0, "forward");
            assert_same(&operators[k].adjoint(&shared_y)?, &expected[k].1, "adjoint");
            assert_same(
                &operators[k].adjoint(&shared_x)?,
                &operators[k].adjoint(&random(grid, 1))?,
                "adjoint of x",
            );
        }
        assert_same(&shared_x, &random(grid, 1), "the shared field");
        Ok(())
    });
}

#[test]
fn updated_coefficients_are_new_coefficients() {
    on_all(|grid| {
        let k = |seed| grid.field(|[i, j]| 1.5 + noise(seed, 0, 100 * i + j));
        let make = |seed, dt| {
            Anisotropic {
                kx: k(seed).into(),
                ky: k(seed + 1).into(),
                dt,
            }
            .boundary(Boundary::Mirror)
            .on(grid)
        };
        let (x, y) = (random(grid, 1), random(grid, 2));
        let operator = make(10, 0.1)?;
        let other_handle = operator.clone();
        operator.forward(&x)?;
        operator.adjoint(&y)?;
        operator.update(|stencil| stencil.kx = k(20).into())?;
        operator.update(|stencil| {
            stencil.ky = k(21).into();
            stencil.dt = 0.3;
        })?;
        let expected = make(20, 0.3)?;
        assert_same(
            &other_handle.forward(&x)?,
            &expected.forward(&x)?,
            "forward",
        );
        assert_same(
            &other_handle.adjoint(&y)?,
            &expected.adjoint(&y)?,
            "adjoint",
        );
        operator.exact_adjoint_test()?;

        // A coefficient that does not fit leaves the old one in force.
        let refused = operator.update(|stencil| stencil.kx = Array2::zeros((5, 5)).into());
        assert!(
            matches!(refused, Err(Error::CoefficientShape { .. })),
            "{refused:?}"
        );
        assert_same(
            &operator.forward(&x)?,
            &expected.forward(&x)?,
            "forward after a refusal",
        );
        Ok(())
    });
}

#[test]
fn coefficients_come_in_every_form() {
    on_all(|grid| {
        let value = |i: usize, j: usize| 1.5 + noise(7, 0, 100 * i + j);
        let whole = Array::from_shape_fn(EXTENT, |(i, j)| value(i, j));
        let x = random(grid, 1);
        let forward = |kx: halo::stencil::Coefficient<f64>| {
            Anisotropic {
                kx,
                ky: 0.5.into(),
                dt: 0.1,
            }
            .on(grid)?
            .forward(&x)
        };
        let expected = forward(grid.field(|[i, j]| value(i, j)).into())?;
        assert_same(&forward(whole.clone().into())?, &expected, "from an array");
        assert_same(&forward(whole.view().into())?, &expected, "from a view");

        let half = forward(0.5.into())?;
        assert_same(
            &forward(grid.field(|_| 0.5).into())?,
            &half,
            "from a number",
        );

        // Along axis 1 only, the coefficient is broadcast over axis 0.
        let flux = |k: halo::stencil::Coefficient<f64>| Flux { k }.along([1]).on(grid)?.forward(&x);
        let profile = Array::from_shape_fn((1, EXTENT[1]), |(_, j)| value(0, j));
        let expected = flux(grid.field(|[_, j]| value(0, j)).into())?;
        assert_same(&flux(profile.into())?, &expected, "from a profile");
        Ok(())
    });
}
