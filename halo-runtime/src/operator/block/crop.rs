//! Haloed blocks without their ghosts: back from local results to a field.

use std::marker::PhantomData;

use super::halo::Halo;
use crate::{
    error::Result,
    field::{BlockLayout, Blocks, Field},
    grid::{Cell, Location, Region},
    operator::{
        LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::{Element, Scalar},
};

/// Drops the ghosts of each rank's block; the adjoint puts zeros there. No messages.
///
/// It is not the adjoint of [`Halo`], which adds ghosts to their owners. Where the two are mistaken for each other, an
/// adjoint is wrong near the ends of every block, and solvers converge to something else.
///
/// ```
/// use halo::operator::{Crop, Halo};
/// use halo::prelude::*;
///
/// halo::launch_on(2, |comm| {
///     let grid = Grid::new(comm, [6])?;
///     let halo = Halo::<f64, 1>::new(&grid, 1)?;
///     let ones = grid.field(|_| 1.0);
///     let blocks = halo.forward(&ones)?;
///     assert_eq!(Crop::of(&halo).forward(&blocks)?.sum()?, 6.0);
///     assert_eq!(halo.adjoint(&blocks)?.sum()?, 8.0); // two ghosts went home
///     Ok(())
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
pub struct Crop<T: Scalar, const D: usize, L: Location = Cell> {
    layout: BlockLayout<D>,
    types: PhantomData<(T, L)>,
}

impl<T: Scalar, const D: usize, L: Location> Crop<T, D, L> {
    /// From the blocks that a halo gives.
    pub fn of(halo: &Halo<T, D, L>) -> Self {
        Crop {
            layout: halo.blocks(),
            types: PhantomData,
        }
    }

    /// The owned part of a block, in indices of its array.
    fn inner(&self) -> Region<D> {
        let ghosts = self.layout.ghosts();
        Region::of_extent(self.layout.owned().shape())
            .shift(std::array::from_fn(|axis| ghosts[axis][0] as isize))
    }

    /// Where the rows of the owned part begin in a block's array, in their order.
    fn starts(&self) -> impl Iterator<Item = usize> {
        let (shape, inner) = (self.layout.shape(), self.inner());
        let first_of_each = inner.with_axis(D - 1, inner.start[D - 1], inner.start[D - 1] + 1);
        first_of_each.indices().map(move |index| {
            let axes = index.iter().zip(shape);
            axes.fold(0, |place, (&i, n)| place * n + i as usize)
        })
    }

    fn drop_ghosts<S: Element>(&self, x: &Blocks<S, D>, y: &mut Field<S, D, L>) -> Result {
        self.layout
            .expect_same(x.layout(), "the argument of a crop")?;
        self.layout
            .grid()
            .expect_same(y.grid(), "the result of a crop")?;
        for ((_, row), start) in y.rows_mut().zip(self.starts()) {
            row.copy_from_slice(&x.cells()[start..start + row.len()]);
        }
        Ok(())
    }

    fn pad<S: Element>(&self, y: &Field<S, D, L>, x: &mut Blocks<S, D>) -> Result {
        self.layout
            .grid()
            .expect_same(y.grid(), "the argument of a crop's adjoint")?;
        self.layout
            .expect_same(x.layout(), "the result of a crop's adjoint")?;
        x.cells_mut().fill(S::zeroed());
        for ((_, row), start) in y.rows().zip(self.starts()) {
            x.cells_mut()[start..start + row.len()].copy_from_slice(row);
        }
        Ok(())
    }
}

impl<T: Scalar, const D: usize, L: Location> LinearOperator for Crop<T, D, L> {
    type Domain = Blocks<T, D>;
    type Range = Field<T, D, L>;

    fn name(&self) -> &str {
        "Crop"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        self.drop_ghosts(x, y)
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        self.pad(y, x)
    }

    fn zero_domain(&self) -> Self::Domain {
        self.layout.zeros()
    }

    fn zero_range(&self) -> Self::Range {
        self.layout.grid().zeros_at()
    }

    fn exact_adjoint_test(&self) -> Result {
        let field = || self.layout.grid().zeros_at::<L, T::Exact>();
        let spaces = Spaces {
            domain: [self.layout.zeros::<T::Exact>(), self.layout.zeros()],
            range: [field(), field()],
        };
        let name = self.name();
        exact_vector::test(
            name,
            spaces,
            |x, y| self.drop_ghosts(x, y),
            |y, x| self.pad(y, x),
        )
    }
}

impl<T: Scalar, const D: usize, L: Location> Clone for Crop<T, D, L> {
    fn clone(&self) -> Self {
        Crop {
            layout: self.layout.clone(),
            types: PhantomData,
        }
    }
}

algebra!([T: Scalar, const D: usize, L: Location] Crop<T, D, L>);
