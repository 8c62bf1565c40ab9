//! Claims about the halo that hold, in every form: no warning.

#![deny(warnings)]

use halo::prelude::*;

#[stencil(halo = 2)]
fn everywhere(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[0, 2]]
}

#[stencil(halo = (1, 2))]
fn per_axis(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[0, 2]]
}

#[stencil(halo = ((1, 0), (0, 2)), axes = (2, 0))]
fn per_side(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[0, 2]]
}

#[stencil(halo_at_least = ((1, 1), (4, 4)))]
fn on_purpose(u: Input<f64, 2>) -> f64 {
    u[[-1, 0]] + u[[0, 2]]
}

#[stencil(halo = 0)]
fn none(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[5] * u[0]
}

#[test]
fn claims_that_hold_change_nothing() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [5, 6, 7])?;
    let x = grid.field(|[i, j, k]| (i + 10 * j + 100 * k) as f64);
    let expected = Everywhere.on(&grid)?.forward(&x)?;
    assert_eq!(PerAxis.on(&grid)?.forward(&x)?.view(), expected.view());
    assert_eq!(
        PerSide.along([0, 1]).on(&grid)?.forward(&x)?.view(),
        expected.view()
    );
    assert_eq!(OnPurpose.on(&grid)?.forward(&x)?.view(), expected.view());
    assert_eq!(PerSide::HALO, [[1, 0], [0, 2]]);
    PerSide.on(&grid)?.exact_adjoint_test()?;
    None { k: 1.0.into() }
        .along([2])
        .on(&grid)?
        .exact_adjoint_test()
}
