//! Product spaces with names, nested, and of many alike.

use halo::field::{Product, Several};
use halo::operator::{Diagonal, Identity, Operator};
use halo::prelude::*;
use halo::{Vector, launch_on};

halo::vector_space! {
    /// Two-dimensional motion on a staggered grid.
    struct Velocity {
        along_0: Field<f64, 2, Face<0>>,
        along_1: Field<f64, 2, Face<1>>,
    }
}

halo::vector_space! {
    struct Wavefield {
        pressure: Field<f64, 2>,
        velocity: Velocity,
    }
}

#[stencil]
fn slope_0(u: Input<f64, 2>) -> On<Face<0>, f64> {
    u[[0, 0]] - u[[-1, 0]]
}

#[stencil]
fn slope_1(u: Input<f64, 2>) -> On<Face<1>, f64> {
    u[[0, 0]] - u[[0, -1]]
}

#[test]
fn stacks_map_into_spaces_with_names() {
    let norms: Vec<f64> = [1, 2, 4]
        .map(|ranks| {
            let all = halo::launch_all(ranks, |comm| {
                let grid = Grid::new(comm, [7, 6])?;
                let (a, b) = (Slope0.on(&grid)?, Slope1.on(&grid)?);
                let gradient = (&a, &b).vertical_as::<Velocity>()?;
                let identity = Identity::like(&grid.zeros::<f64>());
                let state: Operator<Field<f64, 2>, Wavefield> =
                    (3.0 * &identity, &gradient).vertical_as()?;
                state.exact_adjoint_test()?;
                state.dot_test(1e-13)?;
                let x = grid.random(1);
                let Wavefield { pressure, velocity } = state.forward(&x)?;
                assert_eq!(velocity.along_1.view(), b.forward(&x)?.view());
                assert_eq!(pressure.get([0, 0]), x.get([0, 0]).map(|x| 3.0 * x));

                let laplacian = (gradient.adjoint_operator() * &gradient).self_adjoint()?;
                let weigh = (&identity, Identity::like(&velocity))
                    .block_diagonal_as::<Wavefield, Wavefield>()?;
                let whole = (state.adjoint_operator() * weigh * &state).self_adjoint()?;
                let back: Operator<Velocity, Field<f64, 2>> =
                    (a.adjoint_operator(), b.adjoint_operator()).horizontal_as()?;
                let divergence = back.forward(&velocity)?;
                assert_eq!(divergence.view(), laplacian.forward(&x)?.view());
                whole.forward(&x)?.norm()
            });
            all.unwrap()[0]
        })
        .into();
    assert_eq!(norms, [norms[0]; 3]);
}

#[test]
fn lists_of_operators_are_known_when_the_program_runs() {
    launch_on(3, |comm| {
        let grid = Grid::new(comm, [9])?;
        let weights = |k: usize| Diagonal::new(grid.field(move |[i]| (i + k) as f64)).handle();
        let shots = (0..5).map(weights).collect::<Vec<_>>();
        let modelling = shots.clone().vertical()?;
        modelling.exact_adjoint_test()?;
        modelling.dot_test(1e-13)?;
        let x = grid.field(|_| 1.0);
        let data = modelling.forward(&x)?;
        assert_eq!(data.len(), 5);
        assert!(data[4].get([2]).is_none_or(|value| value == 6.0));
        let stacked = shots.clone().horizontal()?.forward(&data)?;
        assert!(
            stacked
                .get([1])
                .is_none_or(|value| value == 1. + 4. + 9. + 16. + 25.)
        );
        let separate = shots.block_diagonal()?.self_adjoint()?;
        assert!(
            separate.forward(&data)?[1]
                .get([2])
                .is_none_or(|value| value == 9.0)
        );
        let fewer = Several::new(data.into_inner().split_off(2))?;
        assert!(separate.forward(&fewer).is_err() && modelling.adjoint(&fewer).is_err());
        let none: Vec<Operator<Field<f64, 1>, Field<f64, 1>>> = Vec::new();
        assert!(none.clone().vertical().is_err() && none.block_diagonal().is_err());
        Ok(())
    })
    .unwrap();
}

#[test]
fn complex_multiples_conjugate_in_the_adjoint() {
    launch_on(2, |comm| {
        let grid = Grid::new(comm, [6])?;
        let weights = grid.field(|[i]| Complex::new(i as f64, 1.0));
        let a = Complex::new(0.5, -2.0) * Diagonal::new(weights);
        a.dot_test(1e-14)?;
        let x = grid.random::<Complex<f64>>(1);
        let (transpose, conjugate) = (a.transpose_operator(), a.conjugate_operator());
        transpose.dot_test(1e-14)?;
        conjugate.dot_test(1e-14)?;
        // Of a diagonal operator, the transpose is itself and the conjugate its adjoint.
        let close = |mut a: Field<Complex<f64>, 1>, b: &_| -> halo::Result<bool> {
            a.axpy(Complex::new(-1.0, 0.0), b)?;
            Ok(a.max_abs()? < 1e-14)
        };
        assert!(close(transpose.forward(&x)?, &a.forward(&x)?)?);
        assert!(close(conjugate.forward(&x)?, &a.adjoint(&x)?)?);
        assert!(!close(conjugate.forward(&x)?, &a.forward(&x)?)?);
        assert!(a.self_adjoint().is_err());
        (a.adjoint_operator() * &a).self_adjoint()?;
        let mut split = Velocity::join({
            let grid = Grid::new(comm, [4, 4])?;
            (grid.zeros_at(), grid.zeros_at())
        });
        split.randomize(3);
        assert!(split.norm()? > 0.0);
        Ok(())
    })
    .unwrap();
}
