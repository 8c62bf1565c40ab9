//! Putting a stencil on a grid: on which axes it acts and what it sees beyond their ends.

use std::fmt;

use crate::{
    error::{Error, Result},
    grid::{Boundary, Grid, Side},
    operator::{Collocated, StencilOperator},
    stencil::{Placing, Stencil},
};

/// The verbs of a stencil that is not on a grid yet.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn second(u: Input<f64, 1>, inv_h2: f64) -> f64 {
///     inv_h2 * (u[-1] - 2.0 * u[0] + u[1])
/// }
///
/// let grid = Grid::new(&Comm::solo(), [6, 8])?;
/// let along_rows = Second { inv_h2: 4.0 }.along([1]).boundary(Boundary::Mirror).on(&grid)?;
/// along_rows.exact_adjoint_test()?;
/// let wall_and_opening = Second { inv_h2: 4.0 }
///     .boundary_at(0, Side::Low, Boundary::Odd)
///     .boundary_at(0, Side::High, Boundary::Extrapolate)
///     .on(&grid)?;
/// wall_and_opening.exact_adjoint_test()
/// # ; Ok::<(), halo::Error>(())
/// ```
pub trait StencilExt: Stencil {
    /// Acts on these axes of the array, one per stencil axis, instead of those of the attribute. Only for stencils whose
    /// fields all lie at cells: a `Face<A>` names an axis of the array.
    fn along(self, axes: impl Into<Vec<usize>>) -> Placement<Self>
    where
        Self: Collocated,
    {
        Placement::new(self).along(axes)
    }

    /// Sees this beyond both ends of every axis it acts on; `Zero` if never said.
    fn boundary(self, boundary: Boundary) -> Placement<Self> {
        Placement::new(self).boundary(boundary)
    }

    /// Sees this beyond one end of one axis of the array.
    fn boundary_at(self, axis: usize, side: Side, boundary: Boundary) -> Placement<Self> {
        Placement::new(self).boundary_at(axis, side, boundary)
    }

    /// What coefficient fields are beyond the grid's ends; `Clamp` if never said.
    fn coefficient_boundary(self, boundary: Boundary) -> Placement<Self> {
        Placement::new(self).coefficient_boundary(boundary)
    }

    /// The operator on a grid, with zeros beyond its ends. Collective.
    ///
    /// # Errors
    /// As for [`Placement::on`].
    fn on<const D: usize>(self, grid: &Grid<D>) -> Result<StencilOperator<Self, D>> {
        Placement::new(self).on(grid)
    }
}

impl<K: Stencil> StencilExt for K {}

/// A stencil with the choices made so far; [`Placement::on`] makes it an operator.
#[must_use = "a placement does nothing until it is put `.on(&grid)`"]
pub struct Placement<K> {
    kernel: K,
    axes: Option<Vec<usize>>,
    everywhere: Boundary,
    ends: Vec<(usize, Side, Boundary)>,
    coefficients: Boundary,
}

impl<K: Stencil> fmt::Debug for Placement<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placement")
            .field("stencil", &K::FACTS.name)
            .field("axes", &self.axes)
            .field("everywhere", &self.everywhere)
            .field("ends", &self.ends)
            .field("coefficients", &self.coefficients)
            .finish()
    }
}

impl<K: Stencil> Placement<K> {
    pub(super) fn new(kernel: K) -> Self {
        Placement {
            kernel,
            axes: None,
            everywhere: Boundary::Zero,
            ends: Vec::new(),
            coefficients: Boundary::Clamp,
        }
    }

    /// Acts on these axes of the array, one per stencil axis, instead of those of the attribute. Only for stencils whose
    /// fields all lie at cells.
    pub fn along(self, axes: impl Into<Vec<usize>>) -> Self
    where
        K: Collocated,
    {
        // Coefficients do not show in the types of domain and range.
        const {
            assert!(
                K::LOCATIONS.are_cells(),
                "`.along` moves a stencil to other axes, but a staggered coefficient names an axis of the array"
            );
        }
        self.on_axes(axes)
    }

    /// As [`along`](Self::along), for axes that are known to be the attribute's or of a collocated stencil.
    pub(super) fn on_axes(mut self, axes: impl Into<Vec<usize>>) -> Self {
        self.axes = Some(axes.into());
        self
    }

    /// Sees this beyond both ends of every axis it acts on, whatever was chosen for single ends before. Periodic axes have
    /// no ends.
    pub fn boundary(mut self, boundary: Boundary) -> Self {
        self.everywhere = boundary;
        self.ends.clear();
        self
    }

    /// Sees this beyond one end of one axis of the array.
    pub fn boundary_at(mut self, axis: usize, side: Side, boundary: Boundary) -> Self {
        self.ends.push((axis, side, boundary));
        self
    }

    /// What coefficient fields are beyond the grid's ends, where the formula reads them there; `Clamp` if never said.
    pub fn coefficient_boundary(mut self, boundary: Boundary) -> Self {
        self.coefficients = boundary;
        self
    }

    /// The operator on a grid. Collective: builds its messages and exchanges the ghosts of its coefficients.
    ///
    /// # Errors
    /// Axes the grid lacks, or named twice, or not as many as the stencil has; an end of an axis the stencil does not act
    /// on, or of a periodic one; an axis or a block too short for its boundary kind; a coefficient of another shape.
    pub fn on<const D: usize>(self, grid: &Grid<D>) -> Result<StencilOperator<K, D>> {
        let facts = &K::FACTS;
        let axes = self.axes.as_deref().unwrap_or(facts.axes);
        let mut boundaries = [[Boundary::Zero; 2]; D];
        for &axis in axes.iter().filter(|axis| **axis < D) {
            boundaries[axis] = [self.everywhere; 2];
        }
        for (axis, side, boundary) in self.ends {
            if axis >= D {
                return Err(Error::AxisOutOfRange { axis, axes: D });
            }
            if !axes.contains(&axis) {
                return Err(Error::Invalid(format!(
                    "a boundary is chosen for axis {axis}, but `{}` acts on axes {axes:?} only",
                    facts.name
                )));
            }
            if grid.periodic()[axis] {
                return Err(Error::Invalid(format!(
                    "a boundary is chosen for axis {axis}, which is periodic on this grid and has no ends"
                )));
            }
            boundaries[axis][side.index()] = boundary;
        }
        let placing = Placing::new(axes, facts.axes.len(), boundaries, self.coefficients)?;
        StencilOperator::new(self.kernel, grid, placing)
    }
}
