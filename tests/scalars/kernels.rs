use halo::prelude::*;

/// A complex factor, a real one, and the imaginary unit.
#[stencil]
fn helmholtz(
    u: Input<Complex<f64>, 1>,
    k: Coef<Complex<f64>, 1>,
    damping: Coef<f64, 1>,
    h: f64,
    w: Complex<f64>,
) -> Complex<f64> {
    let mut sum = Complex::<f64>::ZERO;
    for i in -1..=1 {
        sum += k[i] * u[i];
    }
    (sum - 2.0 * u[0]) / (h * h) + w * damping[0].sqrt() * u[1] / k[0]
}

/// Any scalar.
#[stencil]
fn blend<T: Scalar>(u: Input<T, 2>, k: Coef<T, 2>, r: Coef<T::Real, 2>, c: T, s: T::Real) -> T {
    let third: f64 = 1.0 / 3.0;
    let mut sum = T::ZERO;
    sum += 0.5 * u[[0, 0]] * r[[0, 0]];
    sum -= c * u[[-1, 0]] + k[[0, 1]] * u[[0, 1]] / s;
    sum * T::from_f64(third)
        + if s > T::Real::from_f64(0.5) {
            (0.1 * c).sqrt() * u[[1, 1]]
        } else {
            T::ZERO
        }
}

#[stencil]
fn mean<T: Scalar>(u: Input<T, 1>) -> T {
    0.5 * (u[-1] + u[1])
}

#[stencil]
fn weighed<T, P: Copy + Into<f64>>(u: Input<T, 1>, p: P) -> T
where
    T: Scalar,
{
    T::from_f64(p.into()) * u[0]
}

#[test]
fn adjoints_are_exact() {
    halo::launch_on(3, |comm| {
        let grid = Grid::new(comm, [12])?;
        let plane = Grid::new(comm, [9, 8])?;
        let k = grid.random::<Complex<f64>>(3);
        Helmholtz {
            k: k.into(),
            damping: 0.25.into(),
            h: 0.5,
            w: Complex::I,
        }
        .on(&grid)?
        .exact_adjoint_test()?;
        Mean::<Complex<f32>>::new()
            .on(&grid)?
            .exact_adjoint_test()?;
        Mean::<f64>::new().on(&grid)?.exact_adjoint_test()?;
        Weighed::<f64, f32>::new(0.5)
            .on(&grid)?
            .exact_adjoint_test()?;
        let k = plane.random::<Complex<f64>>(3);
        let op = Blend {
            k: k.into(),
            r: 0.25.into(),
            c: Complex::new(1.0, 2.0),
            s: 1.5,
        }
        .boundary(Boundary::OddReflect)
        .on(&plane)?;
        op.exact_adjoint_test()?;
        op.dot_test(1e-12)?;
        let x = plane.random::<Complex<f64>>(9);
        let _ = op.forward(&x)?.dot(&x)?.im;
        Ok(())
    })
    .unwrap();
}
