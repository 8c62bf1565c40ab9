//! What theory says of the solvers: who agrees with whom, what falls in every step, how many steps suffice.

use halo::prelude::*;
use halo::stock::FirstDerivative;
use halo::{Result, launch_on};

/// Not symmetric, well conditioned.
#[stencil]
fn skewed(u: Input<f64, 1>) -> f64 {
    u[0] - 0.4 * u[1] + 0.3 * u[-2]
}

/// ‖a − b‖ / ‖b‖.
fn distance<V: Vector>(a: &V, b: &V) -> Result<f64> {
    let mut rest = a.zeros_like();
    rest.copy_from(a)?;
    rest.axpy(-1.0, b)?;
    Ok(rest.norm()? / b.norm()?)
}

#[test]
fn cgls_lsqr_and_lsmr_agree() {
    launch_on(3, |comm| {
        let grid = Grid::new(comm, [40])?;
        let skewed = Skewed.on(&grid)?;
        let derivative = FirstDerivative::new(0).on(&grid)?;
        let b = grid.random::<f64>(1);
        let stop = Stop::after(200).relative(1e-12);
        for (damping, weight) in [(0.0, 0.0), (0.5, 0.0), (0.2, 0.8)] {
            for start in [grid.zeros(), grid.random(4)] {
                let cgls = Cgls::new(&skewed, &b)
                    .damping(damping)
                    .regularise(weight, &derivative);
                let lsqr = Lsqr::new(&skewed, &b)
                    .damping(damping)
                    .regularise(weight, &derivative);
                let lsmr = Lsmr::new(&skewed, &b)
                    .regularise(weight, &derivative)
                    .damping(damping);
                let cgls = cgls.start(start.clone()).stop(stop).solve()?;
                let lsqr = lsqr.start(start.clone()).stop(stop).solve()?;
                let lsmr = lsmr.start(start).stop(stop).solve()?;
                for other in [&lsqr, &lsmr] {
                    assert!(cgls.status.is_solved() && other.status.is_solved());
                    assert!(distance(&other.x, &cgls.x)? < 1e-10);
                    let (found, expected) = (other.measures(), cgls.measures());
                    for (found, expected) in [
                        (found.residual, expected.residual),
                        (found.objective, expected.objective),
                        (found.model_norm, expected.model_norm),
                    ] {
                        assert!(
                            (found - expected).abs() <= 1e-9 * (1.0 + expected),
                            "{found} {expected}"
                        );
                    }
                }
                assert!(lsmr.iterations() <= lsqr.iterations());
            }
        }
        Ok(())
    })
    .unwrap();
}

/// The numbers that recurrences give are those of x itself, in every iteration.
#[test]
fn measures_are_what_they_say() {
    launch_on(2, |comm| {
        let grid = Grid::new(comm, [30])?;
        let skewed = Skewed.on(&grid)?;
        let derivative = FirstDerivative::new(0).on(&grid)?;
        let b = grid.random::<f64>(1);
        let (damping, weight) = (0.3, 0.6);
        let expected = |x: &Field<f64, 1>| -> Result<[f64; 4]> {
            let mut r = skewed.forward(x)?;
            r.aypx(-1.0, &b)?;
            let mut lx = derivative.forward(x)?;
            lx.scale(weight);
            let mut gradient = skewed.adjoint(&r)?;
            gradient.axpy(-weight, &derivative.adjoint(&lx)?)?;
            gradient.axpy(-damping * damping, x)?;
            let square = r.dot(&r)? + lx.dot(&lx)?;
            let norm = x.norm()?;
            let objective = square + damping * damping * norm * norm;
            Ok([square.sqrt(), norm, objective, gradient.norm()?])
        };
        let check = |x: &Field<f64, 1>, now: &halo::solver::Measures| -> Result {
            let found = [now.residual, now.model_norm, now.objective, now.optimality];
            for (found, expected) in found.into_iter().zip(expected(x)?) {
                assert!(
                    (found - expected).abs() <= 1e-12 * b.norm()?,
                    "{now:?}: {expected}"
                );
            }
            Ok(())
        };
        let start = || grid.random(7);
        let stop = Stop::after(12);
        let cgls = Cgls::new(&skewed, &b)
            .damping(damping)
            .regularise(weight, &derivative);
        let lsqr = Lsqr::new(&skewed, &b)
            .damping(damping)
            .regularise(weight, &derivative);
        let lsmr = Lsmr::new(&skewed, &b)
            .damping(damping)
            .regularise(weight, &derivative);
        let _ = cgls
            .start(start())
            .stop(stop)
            .watch(|now| check(now.x, now.iteration))
            .solve()?;
        let _ = lsqr
            .start(start())
            .stop(stop)
            .watch(|now| check(now.x, now.iteration))
            .solve()?;
        let _ = lsmr
            .start(start())
            .stop(stop)
            .watch(|now| check(now.x, now.iteration))
            .solve()?;
        Ok(())
    })
    .unwrap();
}

#[test]
fn lsqr_walks_where_cgls_walks() {
    let grid = Grid::new(&Comm::solo(), [40]).unwrap();
    let skewed = Skewed.on(&grid).unwrap();
    let b = grid.random(1);
    let mut cgls = Cgls::new(&skewed, &b).begin().unwrap();
    let mut lsqr = Lsqr::new(&skewed, &b).begin().unwrap();
    for _ in 0..10 {
        cgls.step().unwrap();
        lsqr.step().unwrap();
        assert!(distance(lsqr.x(), cgls.x()).unwrap() < 1e-12);
    }
}

#[test]
fn what_theory_says_falls_falls() {
    fn falls(numbers: &[f64]) -> bool {
        numbers
            .windows(2)
            .all(|pair| pair[1] <= pair[0] * (1.0 + 1e-12))
    }
    let grid = Grid::new(&Comm::solo(), [60]).unwrap();
    let derivative = FirstDerivative::new(0)
        .order(5)
        .edge(true)
        .on(&grid)
        .unwrap();
    let b = grid.random::<f64>(1);
    let stop = Stop::after(40);
    let cgls = Cgls::new(&derivative, &b).stop(stop).solve().unwrap();
    let lsqr = Lsqr::new(&derivative, &b).stop(stop).solve().unwrap();
    let lsmr = Lsmr::new(&derivative, &b).stop(stop).solve().unwrap();
    assert!(falls(&cgls.history.residuals()) && falls(&lsqr.history.residuals()));
    assert!(falls(&lsmr.history.optimalities()) && falls(&lsmr.history.residuals()));
    assert!(
        !falls(&cgls.history.optimalities()),
        "no problem to tell LSMR from CGLS"
    );
    // And models grow.
    let norms = cgls.history.model_norms();
    assert!(
        norms
            .windows(2)
            .all(|pair| pair[1] >= pair[0] * (1.0 - 1e-12))
    );
    let ista = Ista::new(&derivative, &b, 0.05).stop(stop).solve().unwrap();
    assert!(falls(&ista.history.objectives()));
}

#[test]
fn conjugate_gradients_need_as_many_steps_as_there_are_eigenvalues() {
    #[stencil]
    fn three(u: Input<f64, 2>, at: Position<2>) -> f64 {
        let factor = match at.from_low(0) {
            0 => 1.0,
            1 => 7.0,
            _ => 30.0,
        };
        factor * u[[0, 0]]
    }
    let grid = Grid::new(&Comm::solo(), [6, 5]).unwrap();
    let three = Three.on(&grid).unwrap().assume_self_adjoint();
    let solution = Cg::new(&three, &grid.random(1))
        .stop(Stop::after(9).relative(1e-12))
        .solve()
        .unwrap();
    assert!(solution.status.is_solved());
    assert_eq!(solution.iterations(), 3);
}

#[test]
fn the_largest_eigenvalue_of_the_laplacian_is_known() {
    #[stencil]
    fn second(u: Input<f64, 1>) -> f64 {
        u[-1] - 2.0 * u[0] + u[1]
    }
    launch_on(2, |comm| {
        let n = 9;
        let grid = Grid::new(comm, [n])?;
        let second = Second.on(&grid)?.self_adjoint()?;
        let exact = -2.0 + 2.0 * (std::f64::consts::PI * n as f64 / (n + 1) as f64).cos();
        let stop = Stop::after(3000).relative(1e-6);
        let found = PowerIteration::new(&second).stop(stop).solve()?;
        assert!(found.status.is_solved());
        assert!((found.measures().objective - exact).abs() < 1e-10);
        assert!((found.x.norm()? - 1.0).abs() < 1e-14);
        let squared = PowerIteration::of_normal(&second).stop(stop).solve()?;
        assert!((squared.measures().objective - exact * exact).abs() < 1e-9);
        Ok(())
    })
    .unwrap();
}
