//! Weights point by point: windows, preconditioners, covariances, traveltime tapers.

use std::rc::Rc;

use crate::{
    error::{Error, Result},
    field::Field,
    grid::{Cell, Location},
    operator::{
        Expression, LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::{Lift, Scalar},
};

/// diag(w): each point of a field times its weight; in the adjoint, times the conjugate of it.
///
/// On product spaces, [`block_diagonal`](crate::operator::BlockDiagonalExt) of one for each part. No messages; one
/// multiplication a point.
///
/// ```
/// use halo::{operator::Diagonal, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [5])?;
/// let ramp = Diagonal::new(grid.field(|[i]| i as f64));
/// assert_eq!(ramp.forward(&grid.field(|_| 2.0))?.view().to_vec(), [0.0, 2.0, 4.0, 6.0, 8.0]);
/// assert!(ramp.self_adjoint().is_ok());
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Diagonal<T: Scalar, const D: usize, L: Location = Cell> {
    weights: Rc<Field<T, D, L>>,
}

impl<T: Scalar, const D: usize, L: Location> Diagonal<T, D, L> {
    /// The operator of these weights.
    pub fn new(weights: Field<T, D, L>) -> Self {
        Diagonal {
            weights: Rc::new(weights),
        }
    }

    /// The weights.
    pub fn weights(&self) -> &Field<T, D, L> {
        &self.weights
    }

    /// y = w x or conj(w) x, on numbers that the weights can be lifted to.
    fn weigh<S: Lift<T>>(
        &self,
        conjugate: bool,
        x: &Field<S, D, L>,
        y: &mut Field<S, D, L>,
    ) -> Result {
        let grid = self.weights.grid();
        grid.expect_same(x.grid(), "the argument of a diagonal operator")?;
        grid.expect_same(y.grid(), "the result of a diagonal operator")?;
        let sources = self.weights.rows().zip(x.rows());
        for ((_, y), ((_, weights), (_, x))) in y.rows_mut().zip(sources) {
            for ((y, &weight), &x) in y.iter_mut().zip(weights).zip(x) {
                *y = x.scale(if conjugate { weight.conj() } else { weight });
            }
        }
        Ok(())
    }
}

impl<T: Scalar, const D: usize, L: Location> LinearOperator for Diagonal<T, D, L> {
    type Domain = Field<T, D, L>;
    type Range = Field<T, D, L>;

    fn name(&self) -> &str {
        "Diagonal"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.weigh(false, x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.weigh(true, y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        self.weights.grid().zeros_at()
    }

    fn zero_range(&self) -> Self::Range {
        self.weights.grid().zeros_at()
    }

    fn exact_adjoint_test(&self) -> Result {
        let grid = self.weights.grid();
        let spaces = Spaces {
            domain: [grid.zeros_at::<L, T::Exact>(), grid.zeros_at()],
            range: [grid.zeros_at(), grid.zeros_at()],
        };
        exact_vector::test(
            self.name(),
            spaces,
            |x, y| self.weigh(false, x, y),
            |y, x| self.weigh(true, y, x),
        )
    }

    /// Whether all weights are real. One small message from each rank.
    fn check_self_adjoint(&self) -> Result {
        let rows = self.weights.rows();
        let real = rows
            .flat_map(|(_, row)| row)
            .all(|weight| *weight == weight.conj());
        let mine = match real || !T::COMPLEX {
            true => Ok(()),
            false => Err(Error::NotSelfAdjoint {
                operator: self.name().into(),
                reason: "some of its weights have an imaginary part".into(),
            }),
        };
        self.weights.grid().comm().agree(mine)
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.weights)
    }
}

impl<T: Scalar, const D: usize, L: Location> Clone for Diagonal<T, D, L> {
    fn clone(&self) -> Self {
        Diagonal {
            weights: Rc::clone(&self.weights),
        }
    }
}

algebra!([T: Scalar, const D: usize, L: Location] Diagonal<T, D, L>);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{comm::launch_on, grid::Grid};
    use num_complex::Complex;

    #[test]
    fn complex_weights_are_conjugated_in_the_adjoint() {
        launch_on(3, |comm| {
            let grid = Grid::new(comm, [7, 2])?;
            let weights = |[i, j]: [usize; 2]| Complex::new(i as f64, (i * j) as f64);
            let diagonal = Diagonal::new(grid.field(weights));
            diagonal.exact_adjoint_test()?;
            diagonal.dot_test(1e-14)?;
            let y = diagonal.adjoint(&grid.field(|_| Complex::I))?;
            assert!(y.get([3, 1]).is_none_or(|y| y == Complex::new(3.0, 3.0)));
            // The imaginary weights lie on some ranks only; all are told.
            assert!(diagonal.check_self_adjoint().is_err());
            Diagonal::new(grid.field(|[i, _]| Complex::new(i as f64, 0.0))).check_self_adjoint()
        })
        .unwrap();
    }
}
