//! Solutions with penalties: against what is known in closed form, and against the conditions that every solution meets.

use halo::launch_on;
use halo::prelude::*;
use halo::solver::Status;
use halo::solver::{Measures, Shrink, ShrinkJointly, Tolerance};
use halo::stock::{FirstDerivative, Gradient, GradientOperator, Kind};

use crate::zoo::Reflection;

#[stencil]
fn same(u: Input<f64, 1>) -> f64 {
    u[0]
}

#[stencil]
fn same_complex(u: Input<Complex<f64>, 1>) -> Complex<f64> {
    u[0]
}

#[stencil]
fn blur(u: Input<f64, 2>) -> f64 {
    0.5 * u[[0, 0]] + 0.125 * (u[[-1, 0]] + u[[1, 0]] + u[[0, -1]] + u[[0, 1]])
}

/// ‖A x − b‖² + weight × penalty, computed plainly.
fn objective(
    a: &impl LinearOperator<Domain = Field<f64, 2>, Range = Field<f64, 2>>,
    b: &Field<f64, 2>,
    x: &Field<f64, 2>,
    penalty: f64,
) -> f64 {
    let mut residual = a.forward(x).unwrap();
    residual.axpy(-1.0, b).unwrap();
    residual.dot(&residual).unwrap() + penalty
}

#[test]
fn of_the_identity_the_solution_is_the_thresholded_data() {
    let grid = Grid::new(&Comm::solo(), [50]).unwrap();
    for threshold in [Threshold::Soft, Threshold::Hard, Threshold::Half] {
        let identity = Same.on(&grid).unwrap();
        let b = grid.random::<f64>(1);
        let mut expected = b.clone();
        expected.shrink(threshold, 0.3);
        let stop = Stop::after(400).absolute(1e-12);
        // A step of one, for the others have fixed points that are no minima.
        let solver = Ista::new(&identity, &b, 0.3)
            .threshold(threshold)
            .step_size(1.0);
        let solution = solver.stop(stop).solve().unwrap();
        assert!(
            solution.status.is_solved(),
            "{threshold:?}: {}",
            solution.status
        );
        expected.axpy(-1.0, &solution.x).unwrap();
        assert!(expected.max_abs().unwrap() < 1e-12, "{threshold:?}");

        // Complex numbers keep their phase.
        let identity = SameComplex.on(&grid).unwrap();
        let b = grid.random::<Complex<f64>>(1);
        let solver = Ista::new(&identity, &b, 0.3)
            .threshold(threshold)
            .step_size(1.0);
        let x = solver.stop(stop).solve().unwrap().x;
        let mut kept = 0;
        x.view().iter().zip(b.view()).for_each(|(x, b)| {
            assert!((x.norm() - threshold.shrunk(b.norm(), 0.3)).abs() < 1e-12);
            if x.norm() > 0.0 {
                assert!((x / x.norm() - b / b.norm()).norm() < 1e-12);
                kept += 1;
            }
        });
        assert!(kept > 0 && kept < 50);
    }
}

/// Aᴴ(b − A x) is weight / 2 × the sign of x where x is not zero, and no larger elsewhere.
fn meets_the_conditions(
    blur: &StencilOperator<Blur, 2>,
    b: &Field<f64, 2>,
    x: &Field<f64, 2>,
    weight: f64,
) {
    let mut residual = blur.forward(x).unwrap();
    residual.aypx(-1.0, b).unwrap();
    let gradient = blur.adjoint(&residual).unwrap();
    let mut zeros = 0;
    x.view()
        .iter()
        .zip(gradient.view())
        .for_each(|(x, gradient)| {
            if *x == 0.0 {
                zeros += 1;
                assert!(gradient.abs() <= 0.5 * weight + 1e-7);
            } else {
                assert!((gradient - 0.5 * weight * x.signum()).abs() < 1e-7);
            }
        });
    assert!(zeros > 5 && zeros < 95, "{zeros} zeros");
}

#[test]
fn ista_and_fista_find_the_sparse_solution() {
    let grid = Grid::new(&Comm::solo(), [10, 10]).unwrap();
    let blur = Blur.on(&grid).unwrap();
    let b = grid.random(1);
    let stop = Stop::after(20_000).absolute(1e-8).patience(2000);
    let ista = Ista::new(&blur, &b, 0.4).stop(stop).solve().unwrap();
    let fista = Fista::new(&blur, &b, 0.4).stop(stop).solve().unwrap();
    // A step far too long is shortened.
    let long = Fista::new(&blur, &b, 0.4).step_size(500.0).stop(stop);
    let mut long = long.begin().unwrap();
    while long.step().unwrap().is_some() {}
    assert!(long.state().step_size() < 2.0 && long.state().step_size() > 0.5);
    for (status, x) in [
        (ista.status, &ista.x),
        (fista.status, &fista.x),
        (long.status().unwrap(), long.x()),
    ] {
        assert_eq!(status, Status::Converged(Tolerance::Absolute));
        meets_the_conditions(&blur, &b, x, 0.4);
        let sum = x.view().iter().map(|x| x.abs()).sum::<f64>();
        let found = objective(&blur, &b, x, 0.4 * sum);
        assert!((found - ista.measures().objective).abs() < 1e-10 * found);
    }
    assert!(fista.iterations() < ista.iterations());
}

#[test]
fn sparsity_may_lie_in_an_orthonormal_image() {
    let grid = Grid::new(&Comm::solo(), [10, 10]).unwrap();
    let (blur, b) = (Blur.on(&grid).unwrap(), grid.random(1));
    let reflection = Reflection {
        along: grid.random(8),
    };
    let stop = Stop::after(20_000).absolute(1e-8).patience(2000);
    let solution = Fista::new(&blur, &b, 0.4)
        .sparsifying(&reflection)
        .stop(stop)
        .solve()
        .unwrap();
    assert!(solution.status.is_solved());
    let coefficients = reflection.forward(&solution.x).unwrap();
    let sum = |z: &Field<f64, 2>| z.view().iter().map(|z| z.abs()).sum::<f64>();
    let zeros = coefficients
        .view()
        .iter()
        .filter(|z| z.abs() < 1e-12)
        .count();
    assert!(zeros > 5, "{zeros} zeros");
    let least = objective(&blur, &b, &solution.x, 0.4 * sum(&coefficients));
    assert!((least - solution.measures().objective).abs() < 1e-12 * least);
    is_least(least, &solution.x, |x| {
        objective(&blur, &b, x, 0.4 * sum(&reflection.forward(x).unwrap()))
    });

    let stretched = &blur;
    let error = Fista::new(&blur, &b, 0.4)
        .sparsifying(stretched)
        .solve()
        .unwrap_err();
    assert!(
        error.to_string().contains("`blur` is not orthonormal"),
        "{error}"
    );
}

/// No step in a random direction leads lower.
fn is_least(least: f64, x: &Field<f64, 2>, objective: impl Fn(&Field<f64, 2>) -> f64) {
    for seed in 0..30 {
        for length in [1e-3, 1e-5] {
            let mut other = x.clone();
            other.axpy(length, &x.grid().random(100 + seed)).unwrap();
            assert!(
                objective(&other) >= least * (1.0 - 1e-9),
                "lower in direction {seed}"
            );
        }
    }
}

/// Two plateaus approach each other by weight / 2 over their lengths: in one dimension the solution is known.
#[test]
fn total_variation_of_a_step_is_known() {
    for ranks in [1, 3] {
        launch_on(ranks, |comm| {
            let grid = Grid::new(comm, [12])?;
            let identity = Same.on(&grid)?;
            let slope = FirstDerivative::new(0).kind(Kind::Forward).on(&grid)?;
            let b = grid.field(|[i]| if i < 4 { 1.0 } else { 3.0 });
            let stop = Stop::after(3000).relative(1e-10);
            let both = [
                TotalVariation::isotropic(&identity, &b, &slope, 2.0)
                    .stop(stop)
                    .solve()?,
                TotalVariation::anisotropic(&identity, &b, &slope, 2.0)
                    .parameter(0.3)
                    .stop(stop)
                    .solve()?,
            ];
            for solution in both {
                assert!(solution.status.is_solved(), "{}", solution.status);
                let mut error = grid.field(|[i]| if i < 4 { 1.25 } else { 2.875 });
                error.axpy(-1.0, &solution.x)?;
                assert!(error.max_abs()? < 1e-8);
                let Measures {
                    residual,
                    objective,
                    ..
                } = solution.measures();
                assert!((residual - 0.375f64.sqrt()).abs() < 1e-8);
                assert!((objective - (0.375 + 2.0 * 1.625)).abs() < 1e-8);
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn total_variation_is_least_in_both_ways() {
    let grid = Grid::new(&Comm::solo(), [10, 8]).unwrap();
    let blur = Blur.boundary(Boundary::Mirror).on(&grid).unwrap();
    let gradient: GradientOperator<2> = Gradient::new().kind(Kind::Forward).on(&grid).unwrap();
    let mut b = blur
        .forward(&grid.field(|[i, j]| f64::from(i > 4 && j > 2)))
        .unwrap();
    b.axpy(0.1, &grid.random(1)).unwrap();
    let stop = Stop::after(20_000).relative(1e-9).patience(5000);
    let of_points = |x: &Field<f64, 2>| {
        let mut total = halo::ExactSum::new();
        gradient
            .forward(x)
            .unwrap()
            .add_joint_penalty(Threshold::Soft, &mut total)
            .unwrap();
        objective(&blur, &b, x, 0.1 * total.value())
    };
    let of_components = |x: &Field<f64, 2>| {
        let mut total = halo::ExactSum::new();
        gradient
            .forward(x)
            .unwrap()
            .add_penalty(Threshold::Soft, &mut total);
        objective(&blur, &b, x, 0.1 * total.value())
    };
    let isotropic = TotalVariation::isotropic(&blur, &b, &gradient, 0.1)
        .stop(stop)
        .solve()
        .unwrap();
    let anisotropic = TotalVariation::anisotropic(&blur, &b, &gradient, 0.1)
        .stop(stop)
        .solve()
        .unwrap();
    assert!(isotropic.status.is_solved() && anisotropic.status.is_solved());
    is_least(of_points(&isotropic.x), &isotropic.x, of_points);
    is_least(of_components(&anisotropic.x), &anisotropic.x, of_components);
    assert!(of_points(&isotropic.x) < of_points(&anisotropic.x));
    assert!(of_components(&anisotropic.x) < of_components(&isotropic.x));
    assert!((isotropic.measures().objective - of_points(&isotropic.x)).abs() < 1e-12);
}
