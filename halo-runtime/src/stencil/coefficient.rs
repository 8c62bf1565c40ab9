//! The value of a `Coef` argument: a field on the operator's grid, or something that is broadcast to one.
//!
//! A stencil does not know the grid it will be placed on, so the value is taken as it comes and made a field, with the
//! margin the operator reads, when the operator is built.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{ArrayBase, ArrayD, Axis, Data, Dimension};

use crate::{
    error::{Error, Result},
    field::Field,
    grid::{Cell, Grid, Location},
    scalar::{Element, Scalar, Weigh},
};

/// What a `Coef<T, N>` argument of a kernel becomes in the generated struct.
///
/// Made with `.into()` from a [`Field`] on the operator's grid (moved in; copied if borrowed), from a number (the same everywhere), or from
/// an ndarray that every rank holds whole, whose shape is the grid's or has 1 along axes to broadcast over.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn weighted(u: Input<f64, 1>, k: Coef<f64, 1>) -> f64 {
///     k[0] * (u[1] - u[-1])
/// }
///
/// let grid = Grid::new(&Comm::solo(), [16])?;
/// let field = grid.field(|[i]| i as f64);
/// let a = Weighted { k: field.into() }.on(&grid)?;
/// let b = Weighted { k: 0.5.into() }.on(&grid)?;
/// # a.exact_adjoint_test()?;
/// # b.exact_adjoint_test()
/// # ; Ok::<(), halo::Error>(())
/// ```
///
/// The coefficient of a `Coef<T, N, L>` lies at `L`, and so do the fields it is made from.
pub struct Coefficient<T, L: Location = Cell> {
    // A field is not `Sync`; behind a lock that nobody takes while rows are computed, the stencil that holds it is.
    source: Mutex<Source<T>>,
    location: PhantomData<L>,
}

/// Tells the coefficients of one operator from each other and from those of other operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaceId(u64);

impl PlaceId {
    /// An id that no other coefficient in this process has.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        PlaceId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

enum Source<T> {
    Constant(T),
    Array(ArrayD<T>),
    /// A `Field<T, D, L>` of some rank D.
    Field(Box<dyn Any + Send>),
    /// Handed to an operator, which keeps it, with the margin it needs, in the place named here.
    Placed(PlaceId),
}

impl<T: Element, L: Location> Coefficient<T, L> {
    /// Whether [`take`](Self::take) can make it a field on `grid`, or it was taken before and lies in `place`.
    ///
    /// # Errors
    /// [`Error::CoefficientShape`] or [`Error::GridMismatch`], naming the coefficient; [`Error::Invalid`] for one that
    /// another operator or another coefficient of this one has taken.
    pub(crate) fn check<const D: usize>(
        &mut self,
        name: &str,
        grid: &Grid<D>,
        place: Option<PlaceId>,
    ) -> Result {
        match self.source() {
            Source::Array(array) => check_shape(name, array.shape(), grid.extent_at::<L>()),
            Source::Field(field) => check_field::<T, D, L>(name, field.as_ref(), grid),
            Source::Constant(_) => Ok(()),
            Source::Placed(found) if Some(*found) == place => Ok(()),
            Source::Placed(_) => Err(Error::Invalid(format!(
                "the coefficient `{name}` was moved here after an operator had taken its value; give it a new value"
            ))),
        }
    }

    /// Takes a checked value out as a field on `grid` whose margin is at least `margin`; `None` if it was taken before.
    pub(crate) fn take<const D: usize>(
        &mut self,
        grid: &Grid<D>,
        margin: [[usize; 2]; D],
        place: PlaceId,
    ) -> Result<Option<Field<T, D, L>>> {
        let empty = || Field::with_margin(grid, margin);
        Ok(
            match std::mem::replace(self.source(), Source::Placed(place)) {
                Source::Placed(_) => None,
                Source::Constant(value) => {
                    let mut field = empty();
                    field.fill(value);
                    Some(field)
                }
                Source::Array(array) => {
                    let mut field = empty();
                    // An extent of 1 is broadcast: its only index is any index modulo 1.
                    field.update(|index, value| {
                        let within: [usize; D] =
                            std::array::from_fn(|axis| index[axis] % array.len_of(Axis(axis)));
                        *value = array[&within[..]];
                    });
                    Some(field)
                }
                Source::Field(field) => match field.downcast::<Field<T, D, L>>() {
                    Ok(field) if field.layout().has_margin(margin) => Some(*field),
                    Ok(field) => {
                        let mut wider = empty();
                        wider.set_from(&field)?;
                        Some(wider)
                    }
                    Err(_) => None,
                },
            },
        )
    }

    /// Forgets a value that did not fit: the one in `place` stands.
    pub(crate) fn discard(&mut self, place: PlaceId) {
        *self.source() = Source::Placed(place);
    }

    fn source(&mut self) -> &mut Source<T> {
        self.source
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn check_shape<const D: usize>(name: &str, found: &[usize], extent: [usize; D]) -> Result<()> {
    let fits = found.len() == D
        && found
            .iter()
            .zip(extent)
            .all(|(n, extent)| *n == extent || *n == 1);
    if fits {
        return Ok(());
    }
    Err(Error::CoefficientShape {
        name: name.into(),
        expected: extent.to_vec(),
        found: found.to_vec(),
    })
}

fn check_field<T: Element, const D: usize, L: Location>(
    name: &str,
    field: &dyn Any,
    grid: &Grid<D>,
) -> Result<()> {
    let Some(field) = field.downcast_ref::<Field<T, D, L>>() else {
        return Err(Error::Invalid(format!(
            "the coefficient `{name}` is a field of another rank than the grid {grid}; build it from that grid"
        )));
    };
    if field.grid().same_as(grid) {
        return Ok(());
    }
    Err(Error::GridMismatch {
        what: format!("the coefficient `{name}`"),
        expected: grid.to_string(),
        found: field.grid().to_string(),
    })
}

impl<T, L: Location> Coefficient<T, L> {
    fn new(source: Source<T>) -> Self {
        Coefficient {
            source: Mutex::new(source),
            location: PhantomData,
        }
    }
}

impl<T: fmt::Debug, L: Location> fmt::Debug for Coefficient<T, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = self
            .source
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        match &*source {
            Source::Constant(value) => write!(f, "Coefficient({value:?})"),
            Source::Array(array) => write!(f, "Coefficient(array of {:?})", array.shape()),
            Source::Field(_) => write!(f, "Coefficient(field)"),
            Source::Placed(_) => write!(f, "Coefficient(in its operator)"),
        }
    }
}

impl<T: Scalar, L: Location> From<T> for Coefficient<T, L> {
    fn from(value: T) -> Self {
        Coefficient::new(Source::Constant(value))
    }
}

impl<T: Weigh, const D: usize, L: Location> From<Field<T, D, L>> for Coefficient<T, L> {
    fn from(field: Field<T, D, L>) -> Self {
        Coefficient::new(Source::Field(Box::new(field)))
    }
}

/// A copy of the field.
impl<T: Weigh, const D: usize, L: Location> From<&Field<T, D, L>> for Coefficient<T, L> {
    fn from(field: &Field<T, D, L>) -> Self {
        field.clone().into()
    }
}

impl<A: Data, I: Dimension, L: Location> From<ArrayBase<A, I>> for Coefficient<A::Elem, L>
where
    A::Elem: Scalar,
{
    fn from(array: ArrayBase<A, I>) -> Self {
        Coefficient::new(Source::Array(array.to_owned().into_dyn()))
    }
}
