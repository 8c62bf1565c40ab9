//! Every solver of linear problems against a dense direct solution.

use halo::prelude::*;
use halo::solver::Status;
use halo::stock::{FirstDerivative, Laplacian};

use crate::dense::{Flat, distance, least_squares, matrix, solve};

/// Self-adjoint and positive definite, of condition 25.
#[stencil]
fn elastic(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
    (0.5 + k[[0, 0]]) * u[[0, 0]]
        + (u[[0, 0]] - u[[-1, 0]])
        + (u[[0, 0]] - u[[1, 0]])
        + (u[[0, 0]] - u[[0, -1]])
        + (u[[0, 0]] - u[[0, 1]])
}

/// Neither symmetric nor square in its null space.
#[stencil]
fn skewed(u: Input<f64, 2>) -> f64 {
    u[[0, 0]] - 0.4 * u[[1, 0]] + 0.3 * u[[0, -1]] + 0.1 * u[[-1, 1]]
}

const EXTENT: [usize; 2] = [6, 5];

fn grid() -> Grid<2> {
    Grid::new(&Comm::solo(), EXTENT).expect("a grid")
}

fn elastic_on(grid: &Grid<2>) -> StencilOperator<Elastic, 2> {
    let k = grid.field(|[i, j]| ((i + 2 * j) % 3) as f64);
    Elastic { k: k.into() }.on(grid).expect("an operator")
}

fn tight() -> Stop {
    Stop::after(500).relative(1e-13)
}

#[test]
fn cg_solves_with_and_without_a_preconditioner_from_any_start() {
    #[stencil]
    fn jacobi(u: Input<f64, 2>, k: Coef<f64, 2>) -> f64 {
        u[[0, 0]] / (4.5 + k[[0, 0]])
    }
    let grid = grid();
    let operator = elastic_on(&grid);
    let a = operator.assume_self_adjoint();
    let k = grid.field(|[i, j]| ((i + 2 * j) % 3) as f64);
    let preconditioner = Jacobi { k: k.into() }
        .on(&grid)
        .unwrap()
        .self_adjoint()
        .unwrap();
    let b = grid.random(1);
    let expected = solve(matrix(&operator).unwrap(), b.flat());
    let solvers = [
        Cg::new(&a, &b),
        Cg::new(&a, &b).preconditioner(&preconditioner),
        Cg::new(&a, &b).start(grid.random(2)),
        Cg::new(&a, &b)
            .preconditioner(&preconditioner)
            .start(grid.random(2)),
    ];
    for solver in solvers {
        let solution = solver.stop(tight()).solve().unwrap();
        assert!(solution.status.is_solved(), "{}", solution.status);
        assert!(distance(&solution.x.flat(), &expected) < 1e-12);
        let objectives = solution.history.objectives();
        // The last one is computed from x, the others by a recurrence.
        assert!(
            objectives
                .windows(2)
                .all(|pair| pair[1] <= pair[0] + 1e-14 * pair[0].abs())
        );
        // The objective is what it says.
        let x = &solution.x;
        let energy = 0.5 * x.dot(&a.forward(x).unwrap()).unwrap() - x.dot(&b).unwrap();
        assert!((solution.measures().objective - energy).abs() < 1e-12 * energy.abs());
    }
}

#[test]
fn cgls_solves_with_damping_and_regularisation_from_any_start() {
    let grid = grid();
    let skewed = Skewed.on(&grid).unwrap();
    let derivative = FirstDerivative::new(0).on(&grid).unwrap();
    let laplacian = Laplacian::new([0, 1]).on(&grid).unwrap();
    let b = grid.random(1);
    let scaled = |operator: &halo::operator::Operator<Field<f64, 2>, Field<f64, 2>>,
                  weight: f64| {
        let mut rows = matrix(operator).unwrap();
        rows.iter_mut().flatten().for_each(|value| *value *= weight);
        rows
    };
    let plain = matrix(&skewed).unwrap();
    let stacked = [
        plain.clone(),
        scaled(&derivative, 0.7),
        scaled(&laplacian, 0.2),
    ]
    .concat();
    let longer = [b.flat(), vec![0.0; 60]].concat();

    for (damping, start) in [(0.0, false), (0.6, false), (0.6, true)] {
        let begin = |x: &Field<f64, 2>| {
            if start {
                grid.random(9)
            } else {
                x.zeros_like()
            }
        };
        let expected = least_squares(&plain, &b.flat(), damping);
        let solver = Cgls::new(&skewed, &b).damping(damping).start(begin(&b));
        let solution = solver.stop(tight()).solve().unwrap();
        assert!(solution.status.is_solved(), "{}", solution.status);
        assert!(distance(&solution.x.flat(), &expected) < 1e-11);

        let expected = least_squares(&stacked, &longer, damping);
        let solver = Cgls::new(&skewed, &b)
            .regularise(0.7, &derivative)
            .regularise(0.2, &laplacian)
            .damping(damping)
            .start(begin(&b));
        let solution = solver.stop(tight()).solve().unwrap();
        assert!(solution.status.is_solved(), "{}", solution.status);
        assert!(distance(&solution.x.flat(), &expected) < 1e-11);
        let objectives = solution.history.objectives();
        assert!(
            objectives
                .windows(2)
                .all(|pair| pair[1] <= pair[0] * (1.0 + 1e-15))
        );
    }
}

#[test]
fn a_tolerance_that_is_met_is_met_by_x_itself() {
    let grid = grid();
    let skewed = Skewed.on(&grid).unwrap();
    let b = grid.random(1);
    for tolerance in [1e-2, 1e-6, 1e-12] {
        let stop = Stop::after(300).relative(tolerance);
        let solution = Cgls::new(&skewed, &b).stop(stop).solve().unwrap();
        assert!(solution.status.is_solved());
        let mut residual = skewed.forward(&solution.x).unwrap();
        residual.aypx(-1.0, &b).unwrap();
        let gradient = skewed.adjoint(&residual).unwrap().norm().unwrap();
        assert!(gradient <= tolerance * skewed.adjoint(&b).unwrap().norm().unwrap());
        assert_eq!(solution.measures().optimality, gradient);
        assert_eq!(solution.measures().residual, residual.norm().unwrap());
    }
    // Below what rounding lets it reach, it says so instead of going on for ever, or claiming what is not so.
    let stop = Stop::after(100_000).relative(1e-18);
    let solution = Cgls::new(&skewed, &b).stop(stop).solve().unwrap();
    assert!(
        matches!(solution.status, Status::Stagnated),
        "{}",
        solution.status
    );
}
