//! Stock operators on periodic axes: there are no ends, so every row is an interior row.

use std::f64::consts::TAU;

use halo::launch_on;
use halo::operator::Operator;
use halo::prelude::*;
use halo::stock::{
    FirstDerivative, FirstDirectionalDerivative, Gradient, Kind, Laplacian, SecondDerivative,
};

type Plain = Operator<Field<f64, 2>, Field<f64, 2>>;

const KINDS: [Kind; 3] = [Kind::Forward, Kind::Backward, Kind::Centered];

#[test]
fn a_wave_is_an_eigenvector_all_around() {
    launch_on(4, |comm| {
        let n = 12;
        let grid = Grid::builder(comm, [n, 5])
            .periodic([true, false])
            .build()?;
        let phase = TAU / n as f64;
        let x = grid.field(|[i, _]| (phase * i as f64).cos());
        let expected = |shift: f64, factor: f64| {
            grid.field(move |[i, _]| factor * (phase * (i as f64 + shift)).cos())
        };
        let half = 2.0 * (0.5 * phase).sin();
        // The derivative of the wave is the wave a quarter ahead.
        let quarter = 0.25 * n as f64;
        let cases: Vec<(Plain, Field<f64, 2>)> = vec![
            (
                FirstDerivative::new(0).kind(Kind::Forward).on(&grid)?,
                expected(quarter + 0.5, half),
            ),
            (
                FirstDerivative::new(0).kind(Kind::Backward).on(&grid)?,
                expected(quarter - 0.5, half),
            ),
            (
                FirstDerivative::new(0).edge(true).on(&grid)?,
                expected(quarter, phase.sin()),
            ),
            (
                FirstDerivative::new(0).order(5).edge(true).on(&grid)?,
                expected(quarter, (8.0 * phase.sin() - (2.0 * phase).sin()) / 6.0),
            ),
            (
                SecondDerivative::new(0).edge(true).on(&grid)?,
                expected(0.0, -half * half),
            ),
            (
                SecondDerivative::new(0).kind(Kind::Forward).on(&grid)?,
                expected(1.0, -half * half),
            ),
            (
                SecondDerivative::new(0).kind(Kind::Backward).on(&grid)?,
                expected(-1.0, -half * half),
            ),
            (
                Laplacian::new([1, 0]).on(&grid)?,
                expected(0.0, -half * half),
            ),
        ];
        for (k, (operator, expected)) in cases.into_iter().enumerate() {
            let mut rest = operator.forward(&x)?;
            rest.axpy(-1.0, &expected)?;
            assert!(rest.max_abs()? < 1e-14, "case {k}");
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn adjoints_are_exact_all_around() {
    launch_on(6, |comm| {
        for periodic in [[true, false], [false, true], [true, true]] {
            let grid = Grid::builder(comm, [7, 5]).periodic(periodic).build()?;
            for kind in KINDS {
                for edge in [false, true] {
                    Laplacian::new([0, 1])
                        .kind(kind)
                        .edge(edge)
                        .on(&grid)?
                        .exact_adjoint_test()?;
                    Gradient::new()
                        .kind(kind)
                        .edge(edge)
                        .on(&grid)?
                        .exact_adjoint_test()?;
                    let v = [grid.random(1), grid.random(2)];
                    let directional = FirstDirectionalDerivative::new(v).kind(kind).edge(edge);
                    directional.on(&grid)?.exact_adjoint_test()?;
                }
            }
        }
        Ok(())
    })
    .unwrap();
}
