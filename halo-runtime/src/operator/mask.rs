//! Points kept and points left out: missing traces, obstacles, regions of interest.

use std::marker::PhantomData;
use std::rc::Rc;

use crate::{
    error::Result,
    field::Field,
    grid::{Cell, Grid, Location},
    operator::{
        Expression, LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::{Arithmetic, Scalar},
};

/// Keeps the values at chosen points of a field and sets the others to zero, whatever they were.
///
/// ```
/// use halo::{operator::Mask, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [6])?;
/// let every_other = Mask::<f64, 1>::new(&grid, |[i]| i % 2 == 0);
/// let x = grid.field(|[i]| if i == 3 { f64::NAN } else { i as f64 });
/// assert_eq!(every_other.forward(&x)?.view().to_vec(), [0.0, 0.0, 2.0, 0.0, 4.0, 0.0]);
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Mask<T: Scalar, const D: usize, L: Location = Cell> {
    kept: Rc<Field<u8, D, L>>,
    scalar: PhantomData<T>,
}

impl<T: Scalar, const D: usize> Mask<T, D> {
    /// Keeps the cells whose global index `keep` says yes to.
    pub fn new(grid: &Grid<D>, keep: impl FnMut([usize; D]) -> bool) -> Self {
        Mask::at(grid, keep)
    }
}

impl<T: Scalar, const D: usize, L: Location> Mask<T, D, L> {
    /// Keeps the points of a location whose global index `keep` says yes to.
    pub fn at(grid: &Grid<D>, mut keep: impl FnMut([usize; D]) -> bool) -> Self {
        Mask {
            kept: Rc::new(grid.field_at(|index| u8::from(keep(index)))),
            scalar: PhantomData,
        }
    }

    fn choose<S: Arithmetic>(&self, x: &Field<S, D, L>, y: &mut Field<S, D, L>) -> Result {
        let grid = self.kept.grid();
        grid.expect_same(x.grid(), "the argument of a mask")?;
        grid.expect_same(y.grid(), "the result of a mask")?;
        let sources = self.kept.rows().zip(x.rows());
        for ((_, y), ((_, kept), (_, x))) in y.rows_mut().zip(sources) {
            for ((y, kept), x) in y.iter_mut().zip(kept).zip(x) {
                *y = if *kept == 1 { *x } else { S::ZERO };
            }
        }
        Ok(())
    }
}

impl<T: Scalar, const D: usize, L: Location> LinearOperator for Mask<T, D, L> {
    type Domain = Field<T, D, L>;
    type Range = Field<T, D, L>;

    fn name(&self) -> &str {
        "Mask"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.choose(x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.choose(y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        self.kept.grid().zeros_at()
    }

    fn zero_range(&self) -> Self::Range {
        self.kept.grid().zeros_at()
    }

    fn exact_adjoint_test(&self) -> Result {
        let grid = self.kept.grid();
        let spaces = Spaces {
            domain: [grid.zeros_at::<L, T::Exact>(), grid.zeros_at()],
            range: [grid.zeros_at(), grid.zeros_at()],
        };
        let name = self.name();
        exact_vector::test(
            name,
            spaces,
            |x, y| self.choose(x, y),
            |y, x| self.choose(y, x),
        )
    }

    fn check_self_adjoint(&self) -> Result {
        Ok(())
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.kept)
    }
}

impl<T: Scalar, const D: usize, L: Location> Clone for Mask<T, D, L> {
    fn clone(&self) -> Self {
        Mask {
            kept: Rc::clone(&self.kept),
            scalar: PhantomData,
        }
    }
}

algebra!([T: Scalar, const D: usize, L: Location] Mask<T, D, L>);
