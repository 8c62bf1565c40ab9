//! Operators of coefficients, whatever the names of these and wherever the kernel stands: no warning.

#![deny(warnings, missing_docs)]

use halo::prelude::*;

/// Public, so that everything about it has to be documented.
#[stencil(derive(Debug))]
pub fn reaction(
    u: Input<f64, 1>,
    v: Input<f64, 1>,
    r#type: Coef<f64, 1>,
    out: Coef<f64, 1>,
    i: f64,
) -> f64 {
    i * r#type[0] * (u[1] - v[0]) / out[-1]
}

#[stencil(wrt = ())]
fn none(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    k[0] * u[0]
}

/// With nothing to hand over: the inputs are all there is.
#[stencil(R in [1, 2], wrt = k)]
fn bank<const R: usize>(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
    let mut sum = 0.0;
    for o in -(R as isize)..=R as isize {
        sum += k[o] * u[o];
    }
    sum
}

#[test]
fn operators_of_coefficients_apply() -> halo::Result {
    let grid = Grid::new(&Comm::solo(), [12])?;
    let [u, v, k] = [1, 2, 3].map(|seed| grid.random::<f64>(seed));
    let reaction = |k: Coefficient<f64>| Reaction {
        r#type: k,
        out: 2.0.into(),
        i: 0.5,
    };
    let of_u = reaction((&k).into()).on(&grid)?;
    let of_k = reaction(0.0.into()).wrt_type(&u, &v).on(&grid)?;
    assert_eq!(
        of_k.forward(&k)?.view(),
        of_u.forward(&(u.clone(), v))?.view()
    );
    assert!(
        format!("{:?}", reaction(0.0.into()).wrt_type(0.0, 1.0)).starts_with("ReactionWrtType")
    );
    let wide = Bank::<2> { k: 0.0.into() }.wrt_k(&u).on(&grid)?;
    wide.exact_adjoint_test()?;
    assert_eq!(BankWrtK::<1>::HALO, [[1, 1]]);
    None { k: 1.0.into() }.on(&grid)?.exact_adjoint_test()
}
