//! Walls whose values are not zero: they add a vector to what a stencil gives, and leave it a linear operator.

use crate::{
    error::Result,
    field::FieldSet,
    grid::Wall,
    operator::StencilOperator,
    stencil::{Application, Forward, Stencil},
};

use super::shared::State;

impl<K: Stencil, const D: usize> StencilOperator<K, D> {
    /// b of A x + b: what walls with values add to the result of a stencil. Collective.
    ///
    /// With walls at rest the operator is linear, and equations with other walls are solved as A x = f - b. `value` gives the
    /// value of a point of a [`Wall`], whose boundary kind says what it means; it is asked for kinds that have walls only.
    /// Costs one application.
    ///
    /// ```
    /// use halo::{grid::Wall, prelude::*};
    ///
    /// #[stencil]
    /// fn second(u: Input<f64, 1>) -> f64 {
    ///     u[-1] - 2.0 * u[0] + u[1]
    /// }
    ///
    /// // A rod that is held at 10 and at 70 degrees just past its ends: a straight line is at rest.
    /// let grid = Grid::new(&Comm::solo(), [5])?;
    /// let operator = Second.boundary(Boundary::Odd).on(&grid)?;
    /// let b = operator.boundary_term(|wall| if wall.side == Side::Low { 10.0 } else { 70.0 })?;
    /// let mut rest = operator.forward(&grid.field(|[i]| 20.0 + 10.0 * i as f64))?;
    /// rest.axpy(1.0, &b)?;
    /// assert_eq!(rest.max_abs()?, 0.0);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) from within an update of the same operator; where another rank has failed.
    pub fn boundary_term(
        &self,
        value: impl Fn(Wall<D>) -> K::Scalar,
    ) -> Result<K::Range<K::Scalar, D>> {
        let grid = &self.shared.grid;
        let x = K::Domain::<K::Scalar, D>::zeros(grid);
        let mut b = K::Range::<K::Scalar, D>::zeros(grid);
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state()?;
        let application = Application {
            forward: true,
            rows: &Forward(kernel),
            coefficients: &coefficients.sources(),
            overwritten: &[],
            added: &[],
            walls: Some(&value),
        };
        x.with(|inputs| b.with_mut(|outputs| driver.apply(&application, inputs, outputs)))?;
        Ok(b)
    }
}
