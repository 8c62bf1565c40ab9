//! What a user does with kernels over complex numbers and over any scalar: coefficients of several types in one kernel,
//! type parameters that only a parameter names, the products of complex fields.

use halo::prelude::*;
use halo::{Result, launch_on};
use ndarray::Array;

/// Coefficients of three types beside complex fields.
#[stencil]
fn helmholtz(
    u: Input<Complex<f64>, 1>,
    k: Coef<Complex<f64>, 1>,
    damping: Coef<f64, 1>,
    weights: Coef<[f64; 2], 1>,
    h: f64,
) -> Complex<f64> {
    let [left, right] = weights[0];
    (left * u[-1] + right * u[1]) / (h * h) + k[1] * damping[-1].sqrt() * u[0]
}

/// A parameter of a type of its own.
#[stencil]
fn weighed<T, P: Copy + Into<f64>>(u: Input<T, 1>, weight: P) -> T
where
    T: Scalar,
{
    T::from_f64(weight.into()) * (u[1] - 0.5 * u[0])
}

/// A real number beside complex coefficients.
#[stencil]
fn halved(u: Input<Complex<f64>, 1>, k: Coef<Complex<f64>, 1>) -> Complex<f64> {
    (0.5 * k[0]) * u[0] + u[1]
}

/// A modulus, which is real whatever the scalar.
#[stencil]
fn bounded<T: Scalar>(u: Input<T, 1>, k: Coef<T, 1>, a: T) -> T {
    (a.abs() * k[0]) * u[0] + u[1]
}

#[test]
fn coefficients_of_several_types_meet_in_one_kernel() {
    for ranks in [1, 3] {
        launch_on(ranks, |comm| {
            let grid = Grid::new(comm, [10])?;
            let operator = Helmholtz {
                k: grid.random::<Complex<f64>>(3).into(),
                damping: grid.field(|[i]| i as f64).into(),
                weights: Array::from_shape_fn((10, 2), |(i, k)| (i + k) as f64).into(),
                h: 0.5,
            }
            .boundary(Boundary::OddReflect)
            .on(&grid)?;
            operator.exact_adjoint_test()?;
            operator.dot_test(1e-13)?;
            operator.update(|stencil| {
                stencil.k = Complex::new(0.0, 2.0).into();
                stencil.damping = 4.0.into();
                stencil.weights = [0.0, 0.25].into();
            })?;
            let y = operator.forward(&grid.field(|[i]| Complex::new(i as f64, 1.0)))?;
            if let Some(y) = y.get([4]) {
                // 0.25 u[5] / h^2 + 4i u[4]
                assert_eq!(y, Complex::new(5.0 - 4.0, 1.0 + 16.0));
            }
            let wrong =
                operator.update(|stencil| stencil.weights = Array::<f64, _>::zeros((10, 3)).into());
            let message = wrong.unwrap_err().to_string();
            assert!(
                message.contains("`weights`") && message.contains("10, 2"),
                "{message}"
            );
            operator.exact_adjoint_test()
        })
        .unwrap();
    }
}

#[test]
fn real_factors_scale_complex_coefficients() -> Result {
    let grid = Grid::new(&Comm::solo(), [70])?;
    let u = grid.random::<Complex<f64>>(1);
    let k = grid.random::<Complex<f64>>(2);
    let a = Complex::new(3.0, -4.0);
    let halved = Halved { k: (&k).into() }.on(&grid)?;
    let bounded = Bounded { k: (&k).into(), a }.on(&grid)?;
    halved.exact_adjoint_test()?;
    bounded.exact_adjoint_test()?;
    let [y, z] = [halved.forward(&u)?, bounded.forward(&u)?];
    for i in 0..69 {
        let [here, next, k] = [u.get([i]), u.get([i + 1]), k.get([i])].map(Option::unwrap);
        assert_eq!(y.get([i]), Some((0.5 * k) * here + next), "{i}");
        assert_eq!(z.get([i]), Some((5.0 * k) * here + next), "{i}");
    }
    Ok(())
}

#[test]
fn a_type_parameter_may_be_a_parameters_alone() -> Result {
    let grid = Grid::new(&Comm::solo(), [6])?;
    let real = Weighed::<f32, u8>::new(3).on(&grid)?;
    let complex = Weighed::<Complex<f64>, f32>::new(0.5).on(&grid)?;
    real.exact_adjoint_test()?;
    complex.exact_adjoint_test()?;
    let y = complex.forward(&grid.field(|[i]| Complex::new(0.0, i as f64)))?;
    let u = Input::window([0], [1], |[o]| Complex::new(0.0, (2 + o) as f64));
    assert_eq!(y.get([2]), Some(weighed(u, 0.5f32)));
    Ok(())
}

#[test]
fn products_of_complex_fields_are_sesquilinear() -> Result {
    let grid = Grid::new(&Comm::solo(), [2])?;
    let x = grid.field(|[i]| Complex::new(1.0, i as f64));
    let y = grid.field(|_| Complex::new(0.0, 2.0));
    assert_eq!(x.dot(&y)?, Complex::new(2.0, 4.0));
    // As elements of a real space: the real part.
    assert_eq!(Vector::dot(&x, &y)?, 2.0);
    assert_eq!(x.norm()?, 3f64.sqrt());
    assert_eq!(x.sum()?, Complex::new(2.0, 1.0));
    Ok(())
}
