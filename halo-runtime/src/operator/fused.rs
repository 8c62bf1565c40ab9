//! Two stencils that were made one while the program was compiled, on a grid: one sweep and one exchange where that is the
//! same as applying them in turn, which is where no end of the grid is near.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::{
    error::{Error, Result},
    grid::{Boundary, Grid, Side},
    operator::{Collocated, Expression, LinearOperator, Part, Placement, StencilOperator, algebra},
    stencil::{Fusion, Stencil, Whole},
};

/// The operator of a fused stencil: `Biharmonic { outer, inner }.on(&grid)?`.
///
/// On grids that are periodic along all axes that the stencils act on, it is one stencil: one exchange, of a halo as wide as
/// both together, and no field in between. Beyond an end, what the inner stencil would give is not what the boundary says of
/// the input, so elsewhere it applies the two in turn. Forward, the bits are the same either way.
pub struct FusedOperator<W, A, B: LinearOperator> {
    name: &'static str,
    form: Form<W, A, B>,
}

/// The operator that a fused stencil `F` becomes on a grid of `D` axes.
pub type FusedStencil<F, const D: usize> = FusedOperator<
    StencilOperator<<F as Fusion>::Whole, D>,
    StencilOperator<<F as Fusion>::Outer, D>,
    StencilOperator<<F as Fusion>::Inner, D>,
>;

enum Form<W, A, B: LinearOperator> {
    Whole(W),
    Chain {
        outer: A,
        inner: B,
        /// What the inner stencil gives.
        between: Rc<RefCell<B::Range>>,
    },
}

impl<W, A, B: LinearOperator> FusedOperator<W, A, B> {
    /// Whether the two are applied in one sweep.
    pub fn is_fused(&self) -> bool {
        matches!(self.form, Form::Whole(_))
    }
}

impl<W: Whole, const D: usize>
    FusedOperator<StencilOperator<W, D>, StencilOperator<W::Outer, D>, StencilOperator<W::Inner, D>>
where
    StencilOperator<W::Inner, D>: LinearOperator,
{
    /// Changes parameters or replaces coefficient fields of either stencil. Collective.
    ///
    /// # Errors
    /// As for [`StencilOperator::update`].
    pub fn update(&self, change: impl FnOnce(&mut W::Outer, &mut W::Inner)) -> Result {
        match &self.form {
            Form::Whole(whole) => whole.update(|whole| {
                let (outer, inner) = whole.parts();
                change(outer, inner)
            }),
            Form::Chain { outer, inner, .. } => {
                let mut of_inner = Ok(());
                outer.update(|outer| of_inner = inner.update(|inner| change(outer, inner)))?;
                of_inner
            }
        }
    }
}

impl<W, A, B> LinearOperator for FusedOperator<W, A, B>
where
    B: LinearOperator,
    A: LinearOperator<Domain = B::Range>,
    W: LinearOperator<Domain = B::Domain, Range = A::Range>,
{
    type Domain = B::Domain;
    type Range = A::Range;

    fn name(&self) -> &str {
        self.name
    }

    fn forward_into(&self, x: &Self::Domain, y: &mut Self::Range) -> Result {
        match &self.form {
            Form::Whole(whole) => whole.forward_into(x, y),
            Form::Chain {
                outer,
                inner,
                between,
            } => {
                let mut between = between.try_borrow_mut().map_err(|_| in_use(self.name()))?;
                inner.forward_into(x, &mut between)?;
                outer.forward_into(&between, y)
            }
        }
    }

    fn adjoint_into(&self, y: &Self::Range, x: &mut Self::Domain) -> Result {
        match &self.form {
            Form::Whole(whole) => whole.adjoint_into(y, x),
            Form::Chain {
                outer,
                inner,
                between,
            } => {
                let mut between = between.try_borrow_mut().map_err(|_| in_use(self.name()))?;
                outer.adjoint_into(y, &mut between)?;
                inner.adjoint_into(&between, x)
            }
        }
    }

    fn zero_domain(&self) -> Self::Domain {
        match &self.form {
            Form::Whole(whole) => whole.zero_domain(),
            Form::Chain { inner, .. } => inner.zero_domain(),
        }
    }

    fn zero_range(&self) -> Self::Range {
        match &self.form {
            Form::Whole(whole) => whole.zero_range(),
            Form::Chain { outer, .. } => outer.zero_range(),
        }
    }

    fn exact_adjoint_test(&self) -> Result {
        match &self.form {
            Form::Whole(whole) => whole.exact_adjoint_test(),
            Form::Chain { outer, inner, .. } => {
                outer.exact_adjoint_test()?;
                inner.exact_adjoint_test()
            }
        }
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        match &self.form {
            Form::Whole(_) => Ok(()),
            Form::Chain { outer, inner, .. } => {
                visit(outer)?;
                visit(inner)
            }
        }
    }

    fn expression(&self) -> Expression {
        match &self.form {
            Form::Whole(whole) => whole.expression(),
            Form::Chain { outer, inner, .. } => {
                Expression::product([outer.expression(), inner.expression()])
            }
        }
    }
}

algebra!(
    [W, A, B] FusedOperator<W, A, B>,
    where [
        B: LinearOperator + Clone + 'static,
        A: LinearOperator<Domain = B::Range> + Clone + 'static,
        W: LinearOperator<Domain = B::Domain, Range = A::Range> + Clone + 'static,
    ]
);

impl<W: Clone, A: Clone, B: LinearOperator + Clone> Clone for FusedOperator<W, A, B> {
    fn clone(&self) -> Self {
        let form = match &self.form {
            Form::Whole(whole) => Form::Whole(whole.clone()),
            Form::Chain {
                outer,
                inner,
                between,
            } => Form::Chain {
                outer: outer.clone(),
                inner: inner.clone(),
                between: Rc::clone(between),
            },
        };
        FusedOperator {
            name: self.name,
            form,
        }
    }
}

impl<W: fmt::Display, A: fmt::Display, B: LinearOperator + fmt::Display> fmt::Display
    for FusedOperator<W, A, B>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Whole(whole) => whole.fmt(f),
            Form::Chain { outer, inner, .. } => write!(f, "{outer}, after {inner}"),
        }
    }
}

impl<W: fmt::Display, A: fmt::Display, B: LinearOperator + fmt::Display> fmt::Debug
    for FusedOperator<W, A, B>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FusedOperator({self})")
    }
}

/// The verbs of a fused stencil that is not on a grid yet: those of a stencil, said of both.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencils]
/// mod ops {
///     use halo::prelude::*;
///
///     #[stencil]
///     pub fn second(u: Input<f64, 1>, inv_h2: f64) -> f64 {
///         inv_h2 * (u[-1] - 2.0 * u[0] + u[1])
///     }
///
///     fuse!(pub Fourth = second(second));
/// }
/// use ops::{Fourth, Second};
///
/// let fourth = || Fourth { outer: Second { inv_h2: 1.0 }, inner: Second { inv_h2: 1.0 } };
/// let ring = Grid::builder(&Comm::solo(), [8]).periodic([true]).build()?;
/// let operator = fourth().on(&ring)?;
/// assert!(operator.is_fused());
/// operator.exact_adjoint_test()?;
/// let line = Grid::new(&Comm::solo(), [8])?;
/// let operator = fourth().boundary(Boundary::Mirror).on(&line)?;
/// assert!(!operator.is_fused());
/// operator.exact_adjoint_test()?;
/// # Ok::<(), halo::Error>(())
/// ```
pub trait FusionExt: Fusion {
    /// Acts on these axes of the array, one per stencil axis, instead of those of the attribute. Only where all fields lie
    /// at cells.
    fn along(self, axes: impl Into<Vec<usize>>) -> FusedPlacement<Self>
    where
        Self::Outer: Collocated,
        Self::Inner: Collocated,
    {
        FusedPlacement::new(self).along(axes)
    }

    /// Either stencil sees this beyond both ends of every axis it acts on; `Zero` if never said.
    fn boundary(self, boundary: Boundary) -> FusedPlacement<Self> {
        FusedPlacement::new(self).boundary(boundary)
    }

    /// Either stencil sees this beyond one end of one axis of the array.
    fn boundary_at(self, axis: usize, side: Side, boundary: Boundary) -> FusedPlacement<Self> {
        FusedPlacement::new(self).boundary_at(axis, side, boundary)
    }

    /// What coefficient fields are beyond the grid's ends; `Clamp` if never said.
    fn coefficient_boundary(self, boundary: Boundary) -> FusedPlacement<Self> {
        FusedPlacement::new(self).coefficient_boundary(boundary)
    }

    /// The operator on a grid, with zeros beyond its ends. Collective.
    ///
    /// # Errors
    /// As for [`Placement::on`].
    fn on<const D: usize>(self, grid: &Grid<D>) -> Result<FusedStencil<Self, D>>
    where
        StencilOperator<Self::Inner, D>: LinearOperator,
    {
        FusedPlacement::new(self).on(grid)
    }
}

/// A fused stencil with the choices made so far; [`FusedPlacement::on`] makes it an operator.
#[must_use = "a placement does nothing until it is put `.on(&grid)`"]
#[derive(Debug)]
pub struct FusedPlacement<F> {
    fusion: F,
    axes: Option<Vec<usize>>,
    choices: Vec<Choice>,
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Everywhere(Boundary),
    At(usize, Side, Boundary),
    Coefficients(Boundary),
}

impl<F: Fusion> FusedPlacement<F> {
    fn new(fusion: F) -> Self {
        FusedPlacement {
            fusion,
            axes: None,
            choices: Vec::new(),
        }
    }

    /// Acts on these axes of the array, one per stencil axis, instead of those of the attribute. Only where all fields lie
    /// at cells.
    pub fn along(mut self, axes: impl Into<Vec<usize>>) -> Self
    where
        F::Outer: Collocated,
        F::Inner: Collocated,
    {
        const {
            assert!(
                F::Outer::LOCATIONS.are_cells() && F::Inner::LOCATIONS.are_cells(),
                "`.along` moves stencils to other axes, but a staggered coefficient names an axis of the array"
            );
        }
        self.axes = Some(axes.into());
        self
    }

    /// Either stencil sees this beyond both ends of every axis it acts on, whatever was chosen for single ends before.
    pub fn boundary(mut self, boundary: Boundary) -> Self {
        self.choices.push(Choice::Everywhere(boundary));
        self
    }

    /// Either stencil sees this beyond one end of one axis of the array.
    pub fn boundary_at(mut self, axis: usize, side: Side, boundary: Boundary) -> Self {
        self.choices.push(Choice::At(axis, side, boundary));
        self
    }

    /// What coefficient fields are beyond the grid's ends, where a formula reads them there; `Clamp` if never said.
    pub fn coefficient_boundary(mut self, boundary: Boundary) -> Self {
        self.choices.push(Choice::Coefficients(boundary));
        self
    }

    /// The operator on a grid: one stencil where all axes that it acts on are periodic, two in turn elsewhere. Collective.
    ///
    /// # Errors
    /// As for [`Placement::on`].
    pub fn on<const D: usize>(self, grid: &Grid<D>) -> Result<FusedStencil<F, D>>
    where
        StencilOperator<F::Inner, D>: LinearOperator,
    {
        let FusedPlacement {
            fusion,
            axes,
            choices,
        } = self;
        let acted = axes.as_deref().unwrap_or(F::Whole::FACTS.axes);
        let has_ends = |axis: &usize| grid.periodic().get(*axis) != Some(&true);
        let form = if acted.iter().any(has_ends) {
            let (outer, inner) = fusion.split();
            let outer = placed(outer, axes.as_deref(), &choices).on(grid)?;
            let inner = placed(inner, axes.as_deref(), &choices).on(grid)?;
            let between = Rc::new(RefCell::new(inner.zero_range()));
            Form::Chain {
                outer,
                inner,
                between,
            }
        } else {
            Form::Whole(placed(fusion.whole(), axes.as_deref(), &choices).on(grid)?)
        };
        Ok(FusedOperator {
            name: F::Whole::FACTS.name,
            form,
        })
    }
}

fn placed<K: Stencil>(kernel: K, axes: Option<&[usize]>, choices: &[Choice]) -> Placement<K> {
    let mut placement = Placement::new(kernel).on_axes(axes.unwrap_or(K::FACTS.axes));
    for choice in choices {
        placement = match *choice {
            Choice::Everywhere(boundary) => placement.boundary(boundary),
            Choice::At(axis, side, boundary) => placement.boundary_at(axis, side, boundary),
            Choice::Coefficients(boundary) => placement.coefficient_boundary(boundary),
        };
    }
    placement
}

fn in_use(name: &str) -> Error {
    Error::Invalid(format!(
        "`{name}` is applied within its own application; make another operator for that"
    ))
}
