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
/// A table of numbers per point, `Coef<[T; K], N>`, is made from a field of tables, from one table (the same everywhere),
/// or from an ndarray with one axis more than the grid, along which a table lies.
///
/// ```
/// use halo::prelude::*;
///
/// /// A filter of its own at each point.
/// #[stencil]
/// fn filtered(u: Input<f64, 1>, w: Coef<[f64; 3], 1>) -> f64 {
///     let mut sum = 0.0;
///     for k in -1..=1 {
///         sum += w[0][(k + 1) as usize] * u[k];
///     }
///     sum
/// }
///
/// let grid = Grid::new(&Comm::solo(), [5])?;
/// let everywhere = Filtered { w: [0.25, 0.5, 0.25].into() }.on(&grid)?;
/// let point_by_point = Filtered { w: grid.field(|[i]| [i as f64, 1.0, -0.5]).into() }.on(&grid)?;
/// point_by_point.exact_adjoint_test()?;
/// assert_eq!(everywhere.forward(&grid.field(|_| 4.0))?.view().to_vec(), [3.0, 4.0, 4.0, 4.0, 3.0]);
/// # Ok::<(), halo::Error>(())
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
    /// An array, of this shape, whose last axis does not hold one table of this length.
    Untabled(Vec<usize>, usize),
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
            Source::Untabled(found, length) => Err(Error::CoefficientShape {
                name: name.into(),
                expected: [&grid.extent_at::<L>()[..], &[*length]].concat(),
                found: found.clone(),
            }),
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
                Source::Placed(_) | Source::Untabled(..) => None,
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
            Source::Untabled(shape, _) => write!(f, "Coefficient(array of {shape:?})"),
            Source::Field(_) => write!(f, "Coefficient(field)"),
            Source::Placed(_) => write!(f, "Coefficient(in its operator)"),
        }
    }
}

impl<T: Weigh, L: Location> From<T> for Coefficient<T, L> {
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

impl<A: Data, I: Dimension, T: Tabled<A::Elem>, L: Location> From<ArrayBase<A, I>>
    for Coefficient<T, L>
where
    A::Elem: Clone,
{
    fn from(array: ArrayBase<A, I>) -> Self {
        let array = array.to_owned().into_dyn();
        Coefficient::new(match T::tabled(array) {
            Ok(values) => Source::Array(values),
            Err((shape, length)) => Source::Untabled(shape, length),
        })
    }
}

/// What an array of numbers holds per point: a number, or a table of them along the last axis.
pub trait Tabled<E>: Element {
    /// The array of such values; else the shape found and the length of a table.
    #[doc(hidden)]
    fn tabled(numbers: ArrayD<E>) -> std::result::Result<ArrayD<Self>, (Vec<usize>, usize)>;
}

impl<E: Scalar> Tabled<E> for E {
    fn tabled(numbers: ArrayD<E>) -> std::result::Result<ArrayD<E>, (Vec<usize>, usize)> {
        Ok(numbers)
    }
}

impl<E: Scalar, const K: usize> Tabled<E> for [E; K] {
    fn tabled(numbers: ArrayD<E>) -> std::result::Result<ArrayD<[E; K]>, (Vec<usize>, usize)> {
        let shape = numbers.shape().to_vec();
        match shape.split_last() {
            Some((&length, outer)) if length == K => {
                // In the order of indices, whatever the array's own order is.
                let numbers: Vec<E> = numbers.iter().copied().collect();
                let (tables, _) = numbers.as_chunks::<K>();
                ArrayD::from_shape_vec(outer, tables.to_vec()).map_err(|_| (shape.clone(), K))
            }
            _ => Err((shape, K)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Comm;
    use ndarray::{Array, Array1, Array2};

    /// The field that a coefficient becomes on a grid of 2 x 3 points.
    fn placed(mut coefficient: Coefficient<[f64; 2]>) -> Result<Vec<[f64; 2]>> {
        let grid = Grid::new(&Comm::solo(), [2, 3])?;
        coefficient.check("w", &grid, None)?;
        let field = coefficient.take(&grid, [[0; 2]; 2], PlaceId::new())?;
        let field = field.expect("it was never taken before");
        Ok(field.view().iter().copied().collect())
    }

    #[test]
    fn the_last_axis_of_an_array_holds_the_tables() {
        let numbers = Array::from_shape_fn((2, 3, 2), |(i, j, k)| (100 * i + 10 * j + k) as f64);
        let expected: Vec<_> = [0.0, 10.0, 20.0, 100.0, 110.0, 120.0]
            .map(|n| [n, n + 1.0])
            .into();
        assert_eq!(placed(numbers.clone().into()).unwrap(), expected);
        // Another order in memory.
        let mut turned = Array::zeros((2, 2, 3));
        turned.assign(&numbers.view().permuted_axes([2, 0, 1]));
        assert_eq!(
            placed(turned.permuted_axes([1, 2, 0]).into()).unwrap(),
            expected
        );
        let row = numbers.slice(ndarray::s![..1, .., ..]);
        assert_eq!(
            placed(row.into()).unwrap(),
            [&expected[..3], &expected[..3]].concat()
        );
        assert_eq!(placed([0.5, 1.0].into()).unwrap(), vec![[0.5, 1.0]; 6]);
    }

    #[test]
    fn arrays_of_other_shapes_are_refused() {
        let shapes: [(Coefficient<[f64; 2]>, &[usize]); 3] = [
            (Array::<f64, _>::zeros((2, 3, 3)).into(), &[2, 3, 3]),
            (Array2::<f64>::zeros((2, 3)).into(), &[2, 3]),
            (Array1::<f64>::zeros(6).into(), &[6]),
        ];
        for (coefficient, shape) in shapes {
            let error = Error::CoefficientShape {
                name: "w".into(),
                expected: vec![2, 3, 2],
                found: shape.to_vec(),
            };
            assert_eq!(placed(coefficient).unwrap_err(), error);
        }
    }
}
