//! Where there is no solution, or none can be found, a run ends by name, at the last good iterate, alike on all ranks.

use std::ops::ControlFlow;

use halo::prelude::*;
use halo::solver::{Measures, Status};
use halo::{Result, launch_all, launch_on};

#[stencil]
fn elastic(u: Input<f64, 1>, k: f64) -> f64 {
    k * u[0] - u[-1] - u[1]
}

#[stencil]
fn shifted(u: Input<f64, 1>) -> f64 {
    u[0] - u[-1]
}

/// Runs all solvers that take data on two ranks; gives their names and statuses.
fn statuses(k: f64, data: fn([usize; 1]) -> f64) -> Vec<(&'static str, Status)> {
    let all = launch_all(2, |comm| {
        let grid = Grid::new(comm, [24])?;
        let b = grid.field(data);
        let definite = Elastic { k }.on(&grid)?.assume_self_adjoint();
        let a = Elastic { k }.on(&grid)?;
        let slope = Shifted.on(&grid)?;
        let finite = |x: &Field<f64, 1>| x.view().iter().all(|value| value.is_finite());
        let mut found = Vec::new();
        let mut add = |name, solution: halo::solver::Solution<Field<f64, 1>>| {
            assert!(finite(&solution.x), "{name}");
            if solution.status == Status::ZeroData {
                assert_eq!(solution.x.max_abs(), Ok(0.0));
                assert_eq!(solution.measures(), Measures::ZERO);
            }
            found.push((name, solution.status));
        };
        let start = || grid.random(3);
        let stop = Stop::after(5000).relative(1e-9);
        add(
            "cg",
            Cg::new(&definite, &b).start(start()).stop(stop).solve()?,
        );
        add(
            "minres",
            Minres::new(&definite, &b)
                .start(start())
                .stop(stop)
                .solve()?,
        );
        add(
            "cgls",
            Cgls::new(&a, &b)
                .damping(0.1)
                .start(start())
                .stop(stop)
                .solve()?,
        );
        add(
            "lsqr",
            Lsqr::new(&a, &b)
                .damping(0.1)
                .start(start())
                .stop(stop)
                .solve()?,
        );
        add("lsmr", Lsmr::new(&a, &b).start(start()).stop(stop).solve()?);
        add(
            "ista",
            Ista::new(&a, &b, 0.1)
                .step_size(0.02)
                .start(start())
                .stop(stop)
                .solve()?,
        );
        add(
            "fista",
            Fista::new(&a, &b, 0.1)
                .step_size(0.02)
                .start(start())
                .stop(stop)
                .solve()?,
        );
        let variation = TotalVariation::anisotropic(&a, &b, &slope, 0.1);
        add(
            "total variation",
            variation.start(start()).stop(stop).solve()?,
        );
        Ok(found)
    })
    .expect("statuses");
    assert_eq!(all[0], all[1]);
    all.into_iter().next().expect("a rank")
}

#[test]
fn zero_data_have_the_zero_solution_from_any_start() {
    for (name, status) in statuses(3.0, |_| 0.0) {
        assert_eq!(status, Status::ZeroData, "{name}");
    }
}

#[test]
fn what_is_not_finite_is_named_wherever_it_comes_from() {
    // One cell of one rank.
    for (name, status) in statuses(3.0, |[i]| if i == 20 { f64::NAN } else { 1.0 }) {
        assert_eq!(status, Status::NotFinite, "{name}");
    }
    for (name, status) in statuses(3.0, |[i]| if i == 2 { f64::INFINITY } else { 1.0 }) {
        assert_eq!(status, Status::NotFinite, "{name}");
    }
    for (name, status) in statuses(f64::NAN, |[i]| i as f64) {
        assert_eq!(status, Status::NotFinite, "{name}");
    }
    // Squares of such numbers overflow; no solver takes that for a solution.
    for (name, status) in statuses(1e200, |[i]| i as f64) {
        assert!(
            status == Status::NotFinite || status.is_solved(),
            "{name}: {status}"
        );
    }
}

#[test]
fn a_solvable_problem_is_solved_by_all() {
    for (name, status) in statuses(3.0, |[i]| (i as f64).sin()) {
        assert!(status.is_solved(), "{name}: {status}");
    }
}

#[test]
fn indefinite_operators_are_found_out() {
    let grid = Grid::new(&Comm::solo(), [24]).unwrap();
    let b = grid.random(1);
    let negative = Elastic { k: -3.0 }
        .on(&grid)
        .unwrap()
        .self_adjoint()
        .unwrap();
    let solution = Cg::new(&negative, &b).solve().unwrap();
    assert!(matches!(solution.status, Status::Indefinite { curvature } if curvature < 0.0));
    assert!(
        solution
            .status
            .to_string()
            .contains("not positive definite")
    );
    // A preconditioner too.
    let positive = Elastic { k: 3.0 }
        .on(&grid)
        .unwrap()
        .self_adjoint()
        .unwrap();
    let solution = Cg::new(&positive, &b)
        .preconditioner(&negative)
        .solve()
        .unwrap();
    assert!(matches!(solution.status, Status::Indefinite { .. }));
    // MINRES does not mind.
    for k in [-3.0, 0.7] {
        let operator = Elastic { k }.on(&grid).unwrap().self_adjoint().unwrap();
        let solution = Minres::new(&operator, &b).solve().unwrap();
        assert!(solution.status.is_solved(), "{k}: {}", solution.status);
        let mut residual = operator.forward(&solution.x).unwrap();
        residual.axpy(-1.0, &b).unwrap();
        assert!(residual.norm().unwrap() <= 1e-8 * b.norm().unwrap());
    }
}

/// Of the derivative around a ring, a constant is no image: b has no x, and every solver says so in its own way.
#[test]
fn inconsistent_systems_do_not_go_on_for_ever() {
    #[stencil]
    fn second(u: Input<f64, 1>) -> f64 {
        2.0 * u[0] - u[-1] - u[1]
    }
    launch_on(2, |comm| {
        let grid = Grid::builder(comm, [16]).periodic([true]).build()?;
        let second = Second.on(&grid)?.self_adjoint()?;
        let constant = grid.field(|_| 1.0);
        let stop = Stop::after(100_000).relative(1e-8);
        let broken = Cg::new(&second, &constant).stop(stop).solve()?;
        assert_eq!(
            broken.status,
            Status::Breakdown {
                quantity: "<p, A p>"
            }
        );
        let broken = Minres::new(&second, &constant).stop(stop).solve()?;
        assert!(
            matches!(broken.status, Status::Breakdown { .. }),
            "{}",
            broken.status
        );
        let mixed = grid.field(|[i]| 1.0 + (i as f64).cos());
        for status in [
            Cg::new(&second, &mixed).stop(stop).solve()?.status,
            Minres::new(&second, &mixed).stop(stop).solve()?.status,
        ] {
            assert!(
                !status.is_solved() && status != Status::IterationLimit,
                "{status}"
            );
        }
        // Least squares take the best there is.
        let best = Cgls::new(&second, &mixed).stop(stop).solve()?;
        assert!(best.status.is_solved());
        assert!((second.forward(&best.x)?.sum()?).abs() < 1e-8);
        let best = Lsmr::new(&second, &constant).stop(stop).solve()?;
        assert!(best.status.is_solved() && best.x.max_abs()? == 0.0);
        Ok(())
    })
    .unwrap();
}

#[test]
fn one_rank_stops_all_and_one_error_is_that_of_all() {
    let run = |stops: bool| {
        launch_all(4, |comm| {
            let grid = Grid::new(comm, [24])?;
            let (a, b) = (Elastic { k: 2.1 }.on(&grid)?, grid.random(1));
            let rank = comm.rank();
            let watch =
                move |now: halo::solver::Snapshot<'_, Field<f64, 1>>| -> Result<ControlFlow<()>> {
                    assert_eq!(now.history.len(), now.iteration.number + 1);
                    match (now.iteration.number, rank) {
                        (3, 2) if stops => Ok(ControlFlow::Break(())),
                        (3, 2) => Err(halo::Error::Invalid("the disk is full".into())),
                        _ => Ok(ControlFlow::Continue(())),
                    }
                };
            let solution = Cgls::new(&a, &b).watch(watch).solve();
            Ok(match solution {
                Ok(solution) => format!("{:?} after {}", solution.status, solution.iterations()),
                Err(error) => error.to_string(),
            })
        })
        .expect("ends")
    };
    assert_eq!(run(true), vec!["Stopped after 3"; 4]);
    assert_eq!(run(false), vec!["on rank 2: the disk is full"; 4]);
}

#[test]
fn mistakes_are_errors_before_the_first_step() {
    let grid = Grid::new(&Comm::solo(), [24]).unwrap();
    let other = Grid::new(&Comm::solo(), [25]).unwrap();
    let a = Elastic { k: 3.0 }.on(&grid).unwrap();
    let (b, wrong) = (grid.random(1), other.random(1));
    assert!(Cgls::new(&a, &wrong).begin().is_err());
    assert!(Lsqr::new(&a, &b).start(wrong.clone()).begin().is_err());
    assert!(Cgls::new(&a, &b).damping(f64::NAN).begin().is_err());
    assert!(
        Cgls::new(&a, &b)
            .stop(Stop::after(3).relative(-1.0))
            .begin()
            .is_err()
    );
    assert!(Ista::new(&a, &b, -1.0).begin().is_err());
    assert!(Fista::new(&a, &b, 1.0).step_size(0.0).begin().is_err());
    assert!(
        PowerIteration::of_normal(&a)
            .start(grid.zeros())
            .begin()
            .is_err()
    );
    assert!(
        TotalVariation::anisotropic(&a, &b, &a, 1.0)
            .parameter(-1.0)
            .begin()
            .is_err()
    );
}

#[test]
fn the_discrepancy_principle_stops_at_the_noise() {
    let grid = Grid::new(&Comm::solo(), [24]).unwrap();
    let a = Elastic { k: 2.1 }.on(&grid).unwrap();
    let b = grid.random(1);
    let solution = Cgls::new(&a, &b)
        .stop(Stop::after(100).residual(0.2))
        .solve()
        .unwrap();
    assert!(solution.status.is_solved());
    let residuals = solution.history.residuals();
    assert!(residuals[solution.iterations()] <= 0.2 && residuals[solution.iterations() - 1] > 0.2);
}
