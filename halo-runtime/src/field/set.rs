//! The arguments of an operator: one field, or a tuple of up to eight on one grid.
//!
//! Operators with several inputs or outputs take tuples in the kernel's order; the driver sees slices.

use super::{Field, Values};
use crate::grid::{Grid, Location};
use crate::scalar::Element;

/// One field or a tuple of two to eight fields of the same elements on one grid, each at a location of its own.
///
/// ```
/// use halo::{Comm, Face, Field, FieldSet, Grid};
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let gradient: (Field<f64, 1, Face<0>>, Field<f64, 1>) = FieldSet::zeros(&grid);
/// assert_eq!(gradient.with(|fields| fields.len()), 2);
/// # Ok::<(), halo::Error>(())
/// ```
pub trait FieldSet<S: Element, const D: usize>: Sized {
    /// Number of fields.
    const COUNT: usize;

    /// Fields of zeros.
    fn zeros(grid: &Grid<D>) -> Self;

    /// Calls `look` with the fields' values in order.
    fn with<R>(&self, look: impl FnOnce(&[&Values<S, D>]) -> R) -> R;

    /// Calls `change` with the fields' values in order.
    fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Values<S, D>]) -> R) -> R;
}

impl<S: Element, const D: usize, L: Location> FieldSet<S, D> for Field<S, D, L> {
    const COUNT: usize = 1;

    fn zeros(grid: &Grid<D>) -> Self {
        grid.zeros_at()
    }

    fn with<R>(&self, look: impl FnOnce(&[&Values<S, D>]) -> R) -> R {
        look(&[self.values()])
    }

    fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Values<S, D>]) -> R) -> R {
        change(&mut [self.values_mut()])
    }
}

/// No fields: what a step in place keeps where it overwrites all it reads.
impl<S: Element, const D: usize> FieldSet<S, D> for () {
    const COUNT: usize = 0;

    fn zeros(_: &Grid<D>) -> Self {}

    fn with<R>(&self, look: impl FnOnce(&[&Values<S, D>]) -> R) -> R {
        look(&[])
    }

    fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Values<S, D>]) -> R) -> R {
        change(&mut [])
    }
}

macro_rules! tuple_of_fields {
    ($count:literal: $($field:ident at $location:ident),+) => {
        impl<S: Element, const D: usize, $($location: Location),+> FieldSet<S, D>
            for ($(Field<S, D, $location>,)+)
        {
            const COUNT: usize = $count;

            fn zeros(grid: &Grid<D>) -> Self {
                ($(grid.zeros_at::<$location, S>(),)+)
            }

            fn with<R>(&self, look: impl FnOnce(&[&Values<S, D>]) -> R) -> R {
                let ($($field,)+) = self;
                look(&[$($field.values()),+])
            }

            fn with_mut<R>(&mut self, change: impl FnOnce(&mut [&mut Values<S, D>]) -> R) -> R {
                let ($($field,)+) = self;
                change(&mut [$($field.values_mut()),+])
            }
        }
    };
}

tuple_of_fields!(2: a at A, b at B);
tuple_of_fields!(3: a at A, b at B, c at C);
tuple_of_fields!(4: a at A, b at B, c at C, d at E);
tuple_of_fields!(5: a at A, b at B, c at C, d at E, e at F);
tuple_of_fields!(6: a at A, b at B, c at C, d at E, e at F, f at G);
tuple_of_fields!(7: a at A, b at B, c at C, d at E, e at F, f at G, g at H);
tuple_of_fields!(8: a at A, b at B, c at C, d at E, e at F, f at G, g at H, h at I);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::Comm;
    use crate::grid::Face;

    #[test]
    fn tuples_keep_their_order() {
        type Three = (Field<f64, 2>, Field<f64, 2, Face<1>>, Field<f64, 2>);
        let grid = Grid::new(&Comm::solo(), [2, 2]).unwrap();
        let mut fields: Three = FieldSet::zeros(&grid);
        fields.with_mut(|fields| {
            for (k, field) in fields.iter_mut().enumerate() {
                field.update(|_, value| *value = k as f64);
            }
        });
        let extents = fields.with(|fields| {
            fields
                .iter()
                .map(|field| field.extent())
                .collect::<Vec<_>>()
        });
        assert_eq!(extents, [[2, 2], [2, 3], [2, 2]]);
        assert_eq!(
            (fields.0.sum(), fields.1.sum(), fields.2.sum()),
            (Ok(0.0), Ok(6.0), Ok(8.0))
        );
        assert_eq!(<Three as FieldSet<f64, 2>>::COUNT, 3);
        assert_eq!(fields.2.get([0, 0]), Some(2.0));
    }
}
