//! The halo as an operator of its own: a field to haloed blocks, so that any local computation can stand between.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

use super::{ghosting::Ghosting, widths::HaloWidths};
use crate::{
    error::{Error, Result},
    exchange::PhysicalGhosts,
    field::{BlockLayout, Blocks, Field},
    grid::{Boundary, Cell, Decomposition, Grid, Location, Side},
    operator::{
        Expression, LinearOperator, algebra,
        exact_vector::{self, Spaces},
    },
    scalar::Scalar,
};

/// Copies a field into each rank's block with the ghosts around it; the adjoint adds every ghost back to its owner.
///
/// Widths are one number, one per axis, or `[low, high]` per axis. At the ends of an axis that is not periodic the halo is
/// trimmed, or [kept](Halo::keep) and filled by a boundary kind. Corners are filled. Forward, one message to each rank that
/// holds ghosts of this one's points; in the adjoint the same messages go back. Nothing is allocated after the first
/// application.
///
/// ```
/// use halo::operator::{Block, Crop, Halo};
/// use halo::prelude::*;
///
/// halo::launch_on(4, |comm| {
///     let grid = Grid::new(comm, [16])?;
///     let halo = Halo::new(&grid, 1)?.keep(Boundary::Zero)?;
///     let blocks = halo.blocks();
///     let centred = Block::new(
///         &blocks,
///         &blocks,
///         |x, mut y| (1..x.len() - 1).for_each(|i| y[i] = 0.5 * (x[i + 1] - x[i - 1])),
///         |y, mut x| {
///             for i in 1..y.len() - 1 {
///                 x[i + 1] += 0.5 * y[i];
///                 x[i - 1] -= 0.5 * y[i];
///             }
///         },
///     );
///     let derivative = Crop::of(&halo) * centred * &halo;
///     let y = derivative.forward(&grid.field(|[i]| (i * i) as f64))?;
///     assert!(y.get([7]).is_none_or(|slope| slope == 14.0));
///     derivative.dot_test(1e-12)
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
///
/// The adjoint's sums are taken in one order for one set of blocks, so a run can be repeated bit for bit; other blocks
/// have other ghosts, so the bits of a whole chain may depend on the ranks where those of a stencil do not.
pub struct Halo<T: Scalar, const D: usize, L: Location = Cell> {
    shared: Rc<Shared<T, D>>,
    location: PhantomData<L>,
}

struct Shared<T: Scalar, const D: usize> {
    layout: BlockLayout<D>,
    widths: [[usize; 2]; D],
    /// What fills ghosts beyond the ends; `Valid` where there are none.
    kinds: [[Boundary; 2]; D],
    beyond: PhysicalGhosts<D>,
    state: RefCell<Ghosting<T, D>>,
}

impl<T: Scalar, const D: usize> Halo<T, D> {
    /// A halo around cells, trimmed at the ends of the grid. Collective.
    ///
    /// # Errors
    /// [`Error::WideHalo`], alike on every rank, where a block is to be shown more points than its neighbour has.
    pub fn new(grid: &Grid<D>, widths: impl Into<HaloWidths<D>>) -> Result<Self> {
        Halo::at(grid, widths)
    }
}

impl<T: Scalar, const D: usize, L: Location> Halo<T, D, L> {
    /// As [`new`](Halo::new), around the points of a location.
    ///
    /// # Errors
    /// As for [`new`](Halo::new).
    pub fn at(grid: &Grid<D>, widths: impl Into<HaloWidths<D>>) -> Result<Self> {
        Self::with_kinds(grid, widths.into().sides, [[Boundary::Valid; 2]; D])
    }

    /// The same halo, kept at all ends of the grid and filled there by a boundary kind. Collective.
    ///
    /// # Errors
    /// [`Error::ThinBlock`] and [`Error::AxisTooShort`], alike on every rank, where the kind reads more points than the
    /// blocks at the ends have.
    pub fn keep(&self, kind: Boundary) -> Result<Self> {
        let Shared { layout, widths, .. } = &*self.shared;
        Self::with_kinds(layout.grid(), *widths, [[kind; 2]; D])
    }

    /// The same halo, kept at one end of one axis and filled there by a boundary kind; [`Boundary::Valid`] trims it again.
    /// Collective.
    ///
    /// # Errors
    /// As for [`keep`](Self::keep), and [`Error::AxisOutOfRange`].
    pub fn keep_at(&self, axis: usize, side: Side, kind: Boundary) -> Result<Self> {
        let Shared {
            layout,
            widths,
            kinds,
            ..
        } = &*self.shared;
        if axis >= D {
            return Err(Error::AxisOutOfRange { axis, axes: D });
        }
        let mut kinds = *kinds;
        kinds[axis][side.index()] = kind;
        Self::with_kinds(layout.grid(), *widths, kinds)
    }

    fn with_kinds(
        grid: &Grid<D>,
        widths: [[usize; 2]; D],
        kinds: [[Boundary; 2]; D],
    ) -> Result<Self> {
        let points = grid.decomposition().at(L::STAGGERING);
        expect_narrow(&points, widths)?;
        let beyond = PhysicalGhosts::new(&points, grid.rank(), kinds, widths)?;
        let kept = kinds.map(|sides| sides.map(|kind| kind != Boundary::Valid));
        let layout = BlockLayout::new(grid, L::STAGGERING, widths, kept);
        let state = RefCell::new(Ghosting::new(&layout, widths, beyond.clone())?);
        grid.request_margin(widths);
        Ok(Halo {
            shared: Rc::new(Shared {
                layout,
                widths,
                kinds,
                beyond,
                state,
            }),
            location: PhantomData,
        })
    }

    /// The haloed blocks: what the operator gives, and what a [`Block`](super::Block) is applied to.
    pub fn blocks(&self) -> BlockLayout<D> {
        self.shared.layout.clone()
    }

    /// Messages that this rank sends in one application.
    ///
    /// # Errors
    /// [`Error::Invalid`] from within an application of the same operator.
    pub fn messages(&self) -> Result<usize> {
        Ok(self.state()?.messages())
    }

    fn state(&self) -> Result<std::cell::RefMut<'_, Ghosting<T, D>>> {
        self.shared
            .state
            .try_borrow_mut()
            .map_err(|_| Error::Invalid("a `Halo` is applied within its own application".into()))
    }
}

impl<T: Scalar, const D: usize, L: Location> LinearOperator for Halo<T, D, L> {
    type Domain = Field<T, D, L>;
    type Range = Blocks<T, D>;

    fn name(&self) -> &str {
        "Halo"
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        let layout = &self.shared.layout;
        layout
            .grid()
            .expect_same(x.grid(), "the argument of a halo")?;
        layout.expect_same(y.layout(), "the result of a halo")?;
        self.state()?.forward(x.values(), y.cells_mut())
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        let layout = &self.shared.layout;
        layout.expect_same(y.layout(), "the argument of a halo's adjoint")?;
        layout
            .grid()
            .expect_same(x.grid(), "the result of a halo's adjoint")?;
        self.state()?.adjoint(y.cells(), x.values_mut())
    }

    fn zero_domain(&self) -> Self::Domain {
        self.shared.layout.grid().zeros_at()
    }

    fn zero_range(&self) -> Self::Range {
        self.shared.layout.zeros()
    }

    fn exact_adjoint_test(&self) -> Result {
        let Shared {
            layout,
            widths,
            beyond,
            ..
        } = &*self.shared;
        let state = RefCell::new(Ghosting::<T::Exact, D>::new(
            layout,
            *widths,
            beyond.clone(),
        )?);
        let field = || layout.grid().zeros_at::<L, T::Exact>();
        let spaces = Spaces {
            domain: [field(), field()],
            range: [layout.zeros::<T::Exact>(), layout.zeros()],
        };
        exact_vector::test(
            self.name(),
            spaces,
            |x, y| state.borrow_mut().forward(x.values(), y.cells_mut()),
            |y, x| state.borrow_mut().adjoint(y.cells(), x.values_mut()),
        )
    }

    fn expression(&self) -> Expression {
        Expression::shared(&self.shared)
    }
}

impl<T: Scalar, const D: usize, L: Location> Clone for Halo<T, D, L> {
    fn clone(&self) -> Self {
        Halo {
            shared: Rc::clone(&self.shared),
            location: PhantomData,
        }
    }
}

impl<T: Scalar, const D: usize, L: Location> fmt::Debug for Halo<T, D, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Halo to {}", self.shared.layout)
    }
}

algebra!([T: Scalar, const D: usize, L: Location] Halo<T, D, L>);

/// Every rank's ghosts lie in the block beside it, or the halo is refused.
fn expect_narrow<const D: usize>(points: &Decomposition<D>, widths: [[usize; 2]; D]) -> Result {
    let process_grid = points.process_grid();
    for axis in 0..D {
        let (blocks, periodic) = (process_grid.dims[axis], points.periodic()[axis]);
        for side in Side::BOTH {
            let width = widths[axis][side.index()];
            for (place, extent) in points.sizes(axis).enumerate() {
                // The block whose ghosts on this side are points of the one at `place`.
                let shown = match side {
                    Side::Low => place + 1 < blocks || periodic,
                    Side::High => place > 0 || periodic,
                };
                if !shown || extent >= width {
                    continue;
                }
                let mut coordinates = [0; D];
                coordinates[axis] = place;
                return Err(Error::WideHalo {
                    axis,
                    side: side.to_string(),
                    width,
                    rank: process_grid.rank(coordinates),
                    extent,
                });
            }
        }
    }
    Ok(())
}
