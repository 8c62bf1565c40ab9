//! A stencil on a grid: the distributed linear operator that users apply.

use std::fmt;
use std::rc::Rc;

use crate::{
    error::{Error, Result},
    exchange::Exchange,
    field::{FieldSet, Vector},
    grid::Grid,
    operator::{Expression, LinearOperator, algebra},
    stencil::{Driver, Geometry, Placing, Stencil, Tuning},
};

use super::coefficients::Coefficients;
use super::directions::{adjoint, forward};
use super::shared::{Shared, State};

/// The operator of a stencil on a grid: `Laplacian { inv_h2 }.on(&grid)?`.
///
/// A cheap handle: clones share parameters, messages and workspaces. Each application sends, of each field that is read, one
/// message to each neighbour that the footprint touches (more where blocks are narrower than the halo), and allocates nothing
/// after the first.
pub struct StencilOperator<K: Stencil, const D: usize> {
    pub(super) shared: Rc<Shared<K, D>>,
}

impl<K: Stencil, const D: usize> StencilOperator<K, D> {
    pub(crate) fn new(mut kernel: K, grid: &Grid<D>, placing: Placing<D>) -> Result<Self> {
        let geometry = Geometry::new(&K::FACTS, &K::LOCATIONS, grid, placing)?;
        // Messages before values: both are collective, and what does not fit is an error on every rank.
        let driver = Driver::new(grid, geometry.clone())?;
        grid.request_margin(geometry.margin());
        let state = State {
            coefficients: Coefficients::new(&mut kernel, grid, &geometry)?,
            kernel,
            driver,
            workspace: None,
        };
        let shared = Shared::new(grid.clone(), geometry, state);
        Ok(StencilOperator {
            shared: Rc::new(shared),
        })
    }

    /// The grid the operator is on.
    pub fn grid(&self) -> &Grid<D> {
        &self.shared.grid
    }

    /// Changes parameters or replaces coefficient fields, for all handles of this operator; messages are kept.
    /// Collective.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn scaled(u: Input<f64, 1>, k: Coef<f64, 1>, factor: f64) -> f64 {
    ///     factor * k[0] * u[0]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [3])?;
    /// let operator = Scaled { k: 1.0.into(), factor: 2.0 }.on(&grid)?;
    /// operator.update(|scaled| scaled.k = grid.field(|[i]| i as f64).into())?;
    /// let y = operator.forward(&grid.field(|_| 1.0))?;
    /// assert_eq!(y.view().to_vec(), [0.0, 2.0, 4.0]);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// A coefficient that does not fit the grid: the operator keeps the old one on every rank; other parameters that were
    /// changed in the same call stay changed. [`Error::Invalid`] from within an update of the same operator.
    pub fn update(&self, change: impl FnOnce(&mut K)) -> Result {
        let Shared { grid, geometry, .. } = &*self.shared;
        let State {
            kernel,
            coefficients,
            ..
        } = &mut *self.shared.state()?;
        change(kernel);
        coefficients.replace(kernel, grid, geometry)
    }

    /// How this operator is computed.
    ///
    /// # Errors
    /// [`Error::Invalid`] from within an update of the same operator.
    pub fn tuning(&self) -> Result<Tuning> {
        Ok(*self.shared.state()?.driver.tuning())
    }

    /// Changes how this operator is computed, for all its handles: speed only, the bits of a result never depend on it.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// #[stencil]
    /// fn second(u: Input<f64, 1>) -> f64 {
    ///     u[-1] - 2.0 * u[0] + u[1]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [1000])?;
    /// let operator = Second.on(&grid)?;
    /// println!("{}", operator.tuning()?);
    /// operator.tune(|tuning| tuning.threads = 1)?;
    /// assert_eq!(operator.tuning()?.threads, 1);
    /// # Ok::<(), halo::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Invalid`] from within an update of the same operator, and for no threads.
    pub fn tune(&self, change: impl FnOnce(&mut Tuning)) -> Result {
        let mut tuning = self.tuning()?;
        change(&mut tuning);
        if tuning.threads == 0 {
            return Err(Error::Invalid(
                "an operator needs at least one thread: give `threads` of 1 or more".into(),
            ));
        }
        *self.shared.state()?.driver.tuning() = tuning;
        Ok(())
    }

    pub(super) fn check<F: FieldSet<K::Scalar, D>>(&self, what: &str, fields: &F) -> Result {
        let grid = &self.shared.grid;
        fields.with(
            |fields| match fields.iter().find(|field| !field.grid().same_as(grid)) {
                None => Ok(()),
                Some(field) => Err(Error::GridMismatch {
                    what: format!("the {what} of `{}`", K::FACTS.name),
                    expected: grid.to_string(),
                    found: field.grid().to_string(),
                }),
            },
        )
    }
}

impl<K, const D: usize> LinearOperator for StencilOperator<K, D>
where
    K: Stencil,
    K::Domain<K::Scalar, D>: Vector,
    K::Range<K::Scalar, D>: Vector,
{
    type Domain = K::Domain<K::Scalar, D>;
    type Range = K::Range<K::Scalar, D>;

    fn name(&self) -> &str {
        K::FACTS.name
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.check("input", x)?;
        self.check("output", y)?;
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state()?;
        forward(driver, kernel, coefficients, x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.check("output", y)?;
        self.check("input", x)?;
        let State {
            kernel,
            coefficients,
            driver,
            ..
        } = &mut *self.shared.state()?;
        adjoint(driver, kernel, coefficients, y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        Self::Domain::zeros(&self.shared.grid)
    }

    fn zero_range(&self) -> Self::Range {
        Self::Range::zeros(&self.shared.grid)
    }

    fn check_self_adjoint(&self) -> Result {
        self.symmetric()
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.shared)
    }

    fn exact_adjoint_test(&self) -> Result {
        self.adjoint_test()
    }
}

algebra!(
    [K: Stencil, const D: usize] StencilOperator<K, D>,
    where [K::Domain<K::Scalar, D>: Vector, K::Range<K::Scalar, D>: Vector,]
);

impl<K: Stencil, const D: usize> Clone for StencilOperator<K, D> {
    fn clone(&self) -> Self {
        StencilOperator {
            shared: Rc::clone(&self.shared),
        }
    }
}

impl<K: Stencil, const D: usize> fmt::Display for StencilOperator<K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", K::FACTS.name, self.shared.grid)?;
        let Ok(state) = self.shared.state() else {
            return Ok(());
        };
        let [forward, adjoint] = state.driver.exchanges();
        let messages = |exchanges: &[Exchange<K::Scalar, D>]| -> usize {
            exchanges.iter().map(Exchange::messages).sum()
        };
        let (forward, adjoint) = (messages(forward), messages(adjoint));
        write!(
            f,
            ": messages of this rank: {forward} forward, {adjoint} adjoint"
        )
    }
}

impl<K: Stencil, const D: usize> fmt::Debug for StencilOperator<K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StencilOperator({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Comm;
    use crate::grid::Boundary;
    use crate::operator::StencilExt;
    use crate::stencil::{Coef, Coefficient, Input, Position};
    use halo_macros::stencil;

    #[stencil]
    fn blend(u: Input<f64, 1>, a: Coef<f64, 1>, b: Coef<f64, 1>) -> f64 {
        a[0] * u[1] + b[0] * u[-1]
    }

    /// Every name here is one that the expansion uses, or could.
    #[stencil]
    fn d(
        u: Input<f64, 1>,
        y: Coef<f64, 1>,
        row: f64,
        out: f64,
        i: f64,
        t1: f64,
        u_1: f64,
        r#type: f64,
        value: f64,
    ) -> f64 {
        let root = row.sqrt();
        t1 * u[1] + root * u[0] + root * u[-1] + (out + i + u_1 + r#type + value) * y[0] * u[0]
    }

    fn grid() -> Grid<1> {
        Grid::new(&Comm::solo(), [6]).unwrap()
    }

    #[test]
    fn names_of_arguments_do_not_meet_those_of_the_expansion() {
        let grid = grid();
        let numbers = (4.0, 1.0, 2.0, 100.0, 3.0, 4.0, 5.0);
        let (row, out, i, t1, u_1, r#type, value) = numbers;
        let y = 0.5.into();
        let operator = D {
            y,
            row,
            out,
            i,
            t1,
            u_1,
            r#type,
            value,
        }
        .on(&grid)
        .unwrap();
        let x = grid.field(|[k]| (k + 1) as f64);
        let found = operator.forward(&x).unwrap();
        for k in 0..6 {
            let u = Input::window([1], [1], |[o]| {
                let at = k as isize + o;
                if (0..6).contains(&at) {
                    (at + 1) as f64
                } else {
                    0.0
                }
            });
            let y = Coef::window([0], [0], |_| 0.5);
            let expected = d(u, y, row, out, i, t1, u_1, r#type, value);
            assert_eq!(found.get([k]), Some(expected));
        }
        operator.exact_adjoint_test().unwrap();
    }

    #[test]
    fn a_coefficient_taken_elsewhere_is_refused() {
        let grid = grid();
        let operator = Blend {
            a: 1.0.into(),
            b: 2.0.into(),
        }
        .on(&grid)
        .unwrap();
        let swapped = operator.update(|blend| std::mem::swap(&mut blend.a, &mut blend.b));
        assert!(
            swapped
                .unwrap_err()
                .to_string()
                .contains("give it a new value")
        );
        // The operator kept what it had, and takes what is new.
        let x = grid.field(|_| 1.0);
        assert_eq!(operator.forward(&x).unwrap().get([2]), Some(3.0));
        let mut taken: Coefficient<f64> = 0.0.into();
        operator
            .update(|blend| std::mem::swap(&mut blend.a, &mut taken))
            .unwrap();
        assert_eq!(operator.forward(&x).unwrap().get([2]), Some(2.0));
        let elsewhere = Blend {
            a: taken,
            b: 1.0.into(),
        }
        .on(&grid);
        assert!(
            elsewhere
                .unwrap_err()
                .to_string()
                .contains("`a` was moved here")
        );
    }

    #[test]
    fn use_within_an_update_is_an_error_and_no_panic() {
        let grid = grid();
        let operator = Blend {
            a: 1.0.into(),
            b: 2.0.into(),
        }
        .on(&grid)
        .unwrap();
        let x = grid.field(|_| 1.0);
        operator
            .update(|_| {
                let error = operator.forward(&x).unwrap_err();
                assert!(
                    error.to_string().contains("within its own `update`"),
                    "{error}"
                );
                assert!(operator.update(|_| ()).is_err());
                assert!(operator.to_string().contains("blend"));
            })
            .unwrap();
    }

    #[test]
    fn under_valid_a_condition_on_a_weight_alone_keeps_no_row() {
        #[stencil]
        fn weighted(u: Input<f64, 1>, at: Position<1>) -> f64 {
            let weight = if at.from_high(0) < 1 { 0.5 } else { 1.0 };
            weight * u[1]
        }
        let grid = grid();
        let operator = Weighted.boundary(Boundary::Valid).on(&grid).unwrap();
        let y = operator.forward(&grid.field(|_| 1.0)).unwrap();
        assert_eq!(y.view().to_vec(), [1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
        operator.exact_adjoint_test().unwrap();
    }

    #[test]
    fn a_thin_block_names_the_coefficient() {
        #[stencil]
        fn wide(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
            k[2] * u[0]
        }
        let error = crate::launch_on(6, |comm| {
            let grid = Grid::new(comm, [6])?;
            let wide = Wide { k: 1.0.into() };
            wide.coefficient_boundary(Boundary::Mirror)
                .on(&grid)
                .map(|_| ())
        });
        assert!(error.unwrap_err().to_string().contains("coefficient `k`"));
    }
}
