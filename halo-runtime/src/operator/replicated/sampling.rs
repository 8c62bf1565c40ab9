//! The values of a field at chosen points, known to every rank: receivers in a wavefield, wells in a model.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::rc::Rc;

use super::bits::Bits;
use crate::{
    error::{Error, Result},
    field::{Field, Replicated},
    grid::{Cell, Grid, Location},
    operator::{
        Expression, LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::{Element, Scalar, Weigh},
};

/// Takes a field to its values at a list of points, in the order of the list; the adjoint adds each value to its point.
///
/// A point may stand in the list more than once. Forward, one message of the size of the list; the adjoint sends none.
/// Values are copied bit for bit, and added in the order of the list, on any ranks.
///
/// ```
/// use halo::operator::Sampling;
/// use halo::prelude::*;
///
/// halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [8, 8])?;
///     let receivers = Sampling::new(&grid, vec![[7, 1], [0, 0], [7, 1]])?;
///     let x = grid.field(|[i, j]| (10 * i + j) as f64);
///     let mut seen = receivers.forward(&x)?;
///     assert_eq!(seen.view().to_vec(), [71.0, 0.0, 71.0]);
///     seen.scale(2.0);
///     assert!(receivers.adjoint(&seen)?.get([7, 1]).is_none_or(|sum| sum == 284.0));
///     receivers.dot_test(1e-14)
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Sampling<T: Scalar, const D: usize, L: Location = Cell> {
    shared: Rc<Shared<D>>,
    types: PhantomData<(T, L)>,
}

struct Shared<const D: usize> {
    grid: Grid<D>,
    points: Vec<[usize; D]>,
    bits: RefCell<Bits>,
}

impl<T: Scalar, const D: usize> Sampling<T, D> {
    /// Samples of cells given by global indices, the same on every rank. Collective.
    ///
    /// # Errors
    /// [`Error::Invalid`], alike on every rank, for a point outside the grid and where the ranks give different lists.
    pub fn new(grid: &Grid<D>, points: Vec<[usize; D]>) -> Result<Self> {
        Sampling::at(grid, points)
    }
}

impl<T: Scalar, const D: usize, L: Location> Sampling<T, D, L> {
    /// As [`new`](Sampling::new), of the points of a location.
    ///
    /// # Errors
    /// As for [`new`](Sampling::new).
    pub fn at(grid: &Grid<D>, points: Vec<[usize; D]>) -> Result<Self> {
        let extent = grid.extent_at::<L>();
        let outside = |point: &&[usize; D]| (0..D).any(|axis| point[axis] >= extent[axis]);
        let inside = match points.iter().find(outside) {
            None => Ok(()),
            Some(point) => Err(Error::Invalid(format!(
                "the point {point:?} lies outside the field of extents {extent:?}; indices count from 0"
            ))),
        };
        grid.comm().agree(inside)?;
        expect_alike(grid, &points)?;
        Ok(Sampling {
            shared: Rc::new(Shared {
                grid: grid.clone(),
                points,
                bits: RefCell::default(),
            }),
            types: PhantomData,
        })
    }

    /// The points, in the order of the samples.
    pub fn points(&self) -> &[[usize; D]] {
        &self.shared.points
    }

    fn check<S: Element>(&self, field: &Field<S, D, L>, samples: &Replicated<S, 1>) -> Result {
        let Shared { grid, points, .. } = &*self.shared;
        grid.expect_same(field.grid(), "the field of a sampling")?;
        samples.expect(grid.comm(), [points.len()], "the array of samples")
    }

    fn take<S: Element>(&self, x: &Field<S, D, L>, y: &mut Replicated<S, 1>) -> Result {
        self.check(x, y)?;
        let Shared { grid, points, bits } = &*self.shared;
        let points = points.iter().enumerate();
        let held = points.filter_map(|(k, point)| Some((k, x.get(*point)?)));
        bits.borrow_mut().share(grid.comm(), held, y.cells_mut())
    }

    fn add<S: Weigh>(&self, y: &Replicated<S, 1>, x: &mut Field<S, D, L>) -> Result {
        self.check(x, y)?;
        x.fill(S::zeroed());
        for (point, sample) in self.shared.points.iter().zip(y.cells()) {
            if let Some(value) = x.get_mut(*point) {
                *value = value.plus(*sample);
            }
        }
        Ok(())
    }
}

impl<T: Scalar, const D: usize, L: Location> LinearOperator for Sampling<T, D, L> {
    type Domain = Field<T, D, L>;
    type Range = Replicated<T, 1>;

    fn name(&self) -> &str {
        "Sampling"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.take(x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.add(y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        self.shared.grid.zeros_at()
    }

    fn zero_range(&self) -> Self::Range {
        Replicated::zeros(self.shared.grid.comm(), [self.shared.points.len()])
    }

    fn exact_adjoint_test(&self) -> Result {
        let Shared { grid, points, .. } = &*self.shared;
        let samples = || Replicated::<T::Exact, 1>::zeros(grid.comm(), [points.len()]);
        let spaces = Spaces {
            domain: [grid.zeros_at::<L, T::Exact>(), grid.zeros_at()],
            range: [samples(), samples()],
        };
        let name = self.name();
        exact_vector::test(name, spaces, |x, y| self.take(x, y), |y, x| self.add(y, x))
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.shared)
    }
}

impl<T: Scalar, const D: usize, L: Location> Clone for Sampling<T, D, L> {
    fn clone(&self) -> Self {
        Sampling {
            shared: Rc::clone(&self.shared),
            types: PhantomData,
        }
    }
}

algebra!([T: Scalar, const D: usize, L: Location] Sampling<T, D, L>);

/// Ranks with different lists would take each other's values for their own.
fn expect_alike<const D: usize>(grid: &Grid<D>, points: &[[usize; D]]) -> Result {
    let mut hasher = DefaultHasher::new();
    points.hash(&mut hasher);
    let all = grid.comm().all_gather(&hasher.finish().to_le_bytes())?;
    match all.iter().position(|hash| *hash != all[0]) {
        None => Ok(()),
        Some(rank) => Err(Error::Invalid(format!(
            "rank {rank} samples at other points than rank 0; give the same list on every rank"
        ))),
    }
}
