//! A stencil applied in either direction, on fields of any scalar that its own can be lifted to: the operator works in one,
//! its exact tests in another.

use crate::{
    error::Result,
    field::FieldSet,
    scalar::Stored,
    stencil::{Adjoint, Application, Driver, Forward, Stencil},
};

use super::coefficients::Coefficients;

/// y = A x.
pub(super) fn forward<K, S, const D: usize>(
    driver: &mut Driver<S, D>,
    kernel: &K,
    coefficients: &mut Coefficients<D>,
    x: &impl FieldSet<S, D>,
    y: &mut impl FieldSet<S, D>,
) -> Result
where
    K: Stencil,
    S: Stored<K::Scalar>,
{
    let rows = &Forward(kernel);
    let application = Application {
        forward: true,
        rows,
        coefficients: &coefficients.sources(),
        overwritten: &[],
        added: &[],
        walls: None,
    };
    x.with(|inputs| y.with_mut(|outputs| driver.apply(&application, inputs, outputs)))
}

/// x = Aᵀ y.
pub(super) fn adjoint<K, S, const D: usize>(
    driver: &mut Driver<S, D>,
    kernel: &K,
    coefficients: &mut Coefficients<D>,
    y: &impl FieldSet<S, D>,
    x: &mut impl FieldSet<S, D>,
) -> Result
where
    K: Stencil,
    S: Stored<K::Scalar>,
{
    let rows = &Adjoint(kernel);
    let application = Application {
        forward: false,
        rows,
        coefficients: &coefficients.sources(),
        overwritten: &[],
        added: &[],
        walls: None,
    };
    y.with(|inputs| x.with_mut(|outputs| driver.apply(&application, inputs, outputs)))
}
