//! Arrays that every rank holds, spread over a field: a profile along one axis, a constant, a whole array.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use super::bits::Bits;
use crate::{
    error::{Error, Result},
    field::{Field, Replicated, Total, Totals},
    grid::{Cell, Grid, Location},
    operator::{
        Expression, LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::{Element, Scalar},
};

/// Takes an array that every rank holds to a field: each point gets the value of its index, along an axis of length 1 the
/// same value all along. The adjoint sums over these axes.
///
/// Forward no messages. In the adjoint one message: of the size of the array where there is nothing to sum, else of 1.1 KB for
/// each of its values (twice that for complex ones), for the sums are exact and rounded once: the same bits on any ranks.
///
/// ```
/// use halo::field::Replicated;
/// use halo::operator::Broadcast;
/// use halo::prelude::*;
/// use ndarray::array;
///
/// halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [3, 100])?;
///     let layers = Broadcast::new(&grid, [3, 1])?;
///     let velocity = layers.forward(&Replicated::new(comm, array![[1500.0], [1800.0], [2400.0]]))?;
///     assert!(velocity.get([1, 77]).is_none_or(|v| v == 1800.0));
///     assert_eq!(layers.adjoint(&velocity)?.view()[[2, 0]], 240_000.0);
///     layers.exact_adjoint_test()
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Broadcast<T: Scalar + Total, const D: usize, L: Location = Cell> {
    shared: Rc<Shared<T, D>>,
    location: PhantomData<L>,
}

struct Shared<T: Scalar + Total, const D: usize> {
    grid: Grid<D>,
    shape: [usize; D],
    back: RefCell<Back<T>>,
}

/// What the adjoint keeps between applications.
enum Back<S: Total> {
    /// Every value has one owner.
    Copied(Bits),
    Summed(Totals<S>),
}

impl<T: Scalar + Total, const D: usize> Broadcast<T, D> {
    /// Arrays of `shape`, whose length along each axis is the grid's or 1, to cells.
    ///
    /// # Errors
    /// [`Error::ShapeMismatch`] for other lengths.
    pub fn new(grid: &Grid<D>, shape: [usize; D]) -> Result<Self> {
        Broadcast::at(grid, shape)
    }
}

impl<T: Scalar + Total, const D: usize, L: Location> Broadcast<T, D, L> {
    /// As [`new`](Broadcast::new), to the points of a location.
    ///
    /// # Errors
    /// As for [`new`](Broadcast::new).
    pub fn at(grid: &Grid<D>, shape: [usize; D]) -> Result<Self> {
        let extent = grid.extent_at::<L>();
        if (0..D).any(|axis| shape[axis] != 1 && shape[axis] != extent[axis]) {
            return Err(Error::ShapeMismatch {
                what: "the array to broadcast (1 is allowed along any axis)".into(),
                expected: extent.to_vec(),
                found: shape.to_vec(),
            });
        }
        Ok(Broadcast {
            shared: Rc::new(Shared {
                grid: grid.clone(),
                shape,
                back: RefCell::new(Back::new(shape, extent)),
            }),
            location: PhantomData,
        })
    }

    /// The place in the array of the value that a point gets.
    fn place(&self, index: [usize; D]) -> usize {
        let axes = index.iter().zip(self.shared.shape);
        axes.fold(0, |place, (&i, n)| place * n + if n == 1 { 0 } else { i })
    }

    fn check<S: Element>(&self, array: &Replicated<S, D>, field: &Field<S, D, L>) -> Result {
        let Shared { grid, shape, .. } = &*self.shared;
        grid.expect_same(field.grid(), "the field of a broadcast")?;
        array.expect(grid.comm(), *shape, "the array to broadcast")
    }

    fn spread<S: Element>(&self, x: &Replicated<S, D>, y: &mut Field<S, D, L>) -> Result {
        self.check(x, y)?;
        y.update(|index, value| *value = x.cells()[self.place(index)]);
        Ok(())
    }

    fn gather<S: Total>(
        &self,
        back: &mut Back<S>,
        y: &Field<S, D, L>,
        x: &mut Replicated<S, D>,
    ) -> Result {
        self.check(x, y)?;
        let (grid, last) = (&self.shared.grid, D - 1);
        let start = y.block().start;
        let rows = y.rows().map(|(row, values)| {
            let first: [usize; D] =
                std::array::from_fn(|axis| (start[axis] + row.index[axis]) as usize);
            (self.place(first), values)
        });
        match back {
            Back::Copied(bits) => {
                let held = rows.flat_map(|(place, values)| {
                    values
                        .iter()
                        .enumerate()
                        .map(move |(k, value)| (place + k, *value))
                });
                bits.share(grid.comm(), held, x.cells_mut())
            }
            Back::Summed(totals) => {
                totals.clear();
                for (place, values) in rows {
                    match self.shared.shape[last] {
                        1 => totals.add(place, values),
                        _ => (values.chunks(1).enumerate())
                            .for_each(|(k, value)| totals.add(place + k, value)),
                    }
                }
                totals.reduce(grid.comm(), x.cells_mut())
            }
        }
    }
}

impl<S: Total> Back<S> {
    fn new<const D: usize>(shape: [usize; D], extent: [usize; D]) -> Self {
        match shape == extent {
            true => Back::Copied(Bits::default()),
            false => Back::Summed(Totals::new(shape.iter().product())),
        }
    }
}

impl<T, const D: usize, L: Location> LinearOperator for Broadcast<T, D, L>
where
    T: Scalar<Exact: Total> + Total,
{
    type Domain = Replicated<T, D>;
    type Range = Field<T, D, L>;

    fn name(&self) -> &str {
        "Broadcast"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.spread(x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.gather(&mut self.shared.back.borrow_mut(), y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        Replicated::zeros(self.shared.grid.comm(), self.shared.shape)
    }

    fn zero_range(&self) -> Self::Range {
        self.shared.grid.zeros_at()
    }

    fn exact_adjoint_test(&self) -> Result {
        let Shared { grid, shape, .. } = &*self.shared;
        let array = || Replicated::<T::Exact, D>::zeros(grid.comm(), *shape);
        let spaces = Spaces {
            domain: [array(), array()],
            range: [grid.zeros_at::<L, T::Exact>(), grid.zeros_at()],
        };
        let mut back = Back::new(*shape, grid.extent_at::<L>());
        exact_vector::test(
            self.name(),
            spaces,
            |x, y| self.spread(x, y),
            |y, x| self.gather(&mut back, y, x),
        )
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.shared)
    }
}

impl<T: Scalar + Total, const D: usize, L: Location> Clone for Broadcast<T, D, L> {
    fn clone(&self) -> Self {
        Broadcast {
            shared: Rc::clone(&self.shared),
            location: PhantomData,
        }
    }
}

algebra!(
    [T: Scalar + Total, const D: usize, L: Location] Broadcast<T, D, L>,
    where [T::Exact: Total,]
);
