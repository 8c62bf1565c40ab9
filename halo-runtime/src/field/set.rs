//! The arguments of an operator: one field, or a tuple of up to eight on one grid.
//!
//! Operators with several inputs or outputs take tuples in the kernel's order; the driver sees slices.

use super::Field;
use crate::grid::Grid;
use crate::scalar::Element;

/// One field or a tuple of two to eight fields of the same elements on one grid.
///
/// ```
/// use halo::{Comm, Field, FieldSet, Grid};
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let gradient: (Field<f64, 1>, Field<f64, 1>) = FieldSet::zeros(&grid);
/// assert_eq!(gradient.with(|fields| fields.len()), 2);
/// # Ok::<(), halo::Error>(())
/// ```
pub trait FieldSet<S: Element, const D: usize>: Sized {
    /// Number of fields.
    const COUNT: usize;

    /// Fields of zeros.
    fn zeros(grid: &Grid<D>) -> Self;

    /// Calls `look` with the fields in order.
    fn with<R>(&self, look: impl FnOnce(&[&Field<S, D>]) -> R) -> R;

    /// Calls `change` with the fields in order.
    fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Field<S, D>]) -> R) -> R;
}

impl<S: Element, const D: usize> FieldSet<S, D> for Field<S, D> {
    const COUNT: usize = 1;

    fn zeros(grid: &Grid<D>) -> Self {
        grid.zeros()
    }

    fn with<R>(&self, look: impl FnOnce(&[&Field<S, D>]) -> R) -> R {
        look(&[self])
    }

    fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Field<S, D>]) -> R) -> R {
        change(&mut [self])
    }
}

macro_rules! tuple_of_fields {
    ($count:literal: $($field:ident),+) => {
        impl<S: Element, const D: usize> FieldSet<S, D> for ($(same!(Field<S, D>, $field),)+) {
            const COUNT: usize = $count;

            fn zeros(grid: &Grid<D>) -> Self {
                ($(same!(grid.zeros(), $field),)+)
            }

            fn with<R>(&self, look: impl FnOnce(&[&Field<S, D>]) -> R) -> R {
                let ($($field,)+) = self;
                look(&[$($field),+])
            }

            fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Field<S, D>]) -> R) -> R {
                let ($($field,)+) = self;
                change(&mut [$($field),+])
            }
        }
    };
}

/// The first argument, once per second argument.
macro_rules! same {
    ($type:ty, $name:ident) => {
        $type
    };
    ($value:expr, $name:ident) => {
        $value
    };
}

tuple_of_fields!(2: a, b);
tuple_of_fields!(3: a, b, c);
tuple_of_fields!(4: a, b, c, d);
tuple_of_fields!(5: a, b, c, d, e);
tuple_of_fields!(6: a, b, c, d, e, f);
tuple_of_fields!(7: a, b, c, d, e, f, g);
tuple_of_fields!(8: a, b, c, d, e, f, g, h);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Comm;

    #[test]
    fn tuples_keep_their_order() {
        type Three = (Field<f64, 2>, Field<f64, 2>, Field<f64, 2>);
        let grid = Grid::new(&Comm::solo(), [2, 2]).unwrap();
        let mut fields: Three = FieldSet::zeros(&grid);
        fields.with_mut(|fields| {
            for (k, field) in fields.iter_mut().enumerate() {
                field.fill(k as f64);
            }
        });
        let sums = fields.with(|fields| {
            fields
                .iter()
                .map(|field| field.sum().unwrap())
                .collect::<Vec<_>>()
        });
        assert_eq!(sums, [0.0, 4.0, 8.0]);
        assert_eq!(<Three as FieldSet<f64, 2>>::COUNT, 3);
        assert_eq!(fields.2.get([0, 0]), Some(2.0));
    }
}
