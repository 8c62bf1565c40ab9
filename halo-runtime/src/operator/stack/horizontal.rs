//! Operators side by side: from a product space to one space.

use std::panic::Location;

use crate::{
    error::Result,
    field::{Product, Several, Vector},
    operator::{IntoOperator, LinearOperator, Operator, Place, SameSpace, expect_fit},
};

use super::vertical::VerticalExt;

/// `(a, b).horizontal()`: the operator [A, B], which takes (u, v) to A u + B v, of two to eight operators to one space;
/// and of a `Vec` of operators of one type.
///
/// ```
/// use halo::prelude::*;
///
/// #[stencil]
/// fn difference(u: Input<f64, 1, Face<0>>) -> f64 {
///     u[1] - u[0]
/// }
///
/// #[stencil]
/// fn twice(u: Input<f64, 1>) -> f64 {
///     2.0 * u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [8])?;
/// let both = (Difference.on(&grid)?, Twice.on(&grid)?).horizontal()?;
/// let y = both.forward(&(grid.field_at(|[i]| i as f64), grid.field(|_| 5.0)))?;
/// assert_eq!(y.get([2]), Some(11.0));
/// both.dot_test(1e-12)?;
/// # Ok::<(), halo::Error>(())
/// ```
pub trait HorizontalExt: Sized {
    /// What they are applied to together.
    type Parts: Product<Parts = Self::Parts>;
    /// What all the operators give.
    type Range: Vector;

    /// The stack, applied to a tuple, or to [`Several`] of a `Vec`. One application of each operator, and in the forward one
    /// `axpy` for each but the first.
    ///
    /// # Errors
    /// [`Error::SpaceMismatch`](crate::Error::SpaceMismatch), alike on every rank, where the ranges differ;
    /// [`Error::Invalid`](crate::Error::Invalid) for a `Vec` of none.
    #[track_caller]
    fn horizontal(self) -> Result<Operator<Self::Parts, Self::Range>> {
        self.horizontal_as::<Self::Parts>()
    }

    /// The stack, applied to a product space with names: `(a, b).horizontal_as::<Wavefield>()`.
    ///
    /// # Errors
    /// As for [`horizontal`](Self::horizontal).
    #[track_caller]
    fn horizontal_as<X: Product<Parts = Self::Parts>>(self) -> Result<Operator<X, Self::Range>>;
}

fn expect_same_range<X: Vector, Y: Vector, Z: Vector>(
    name: &str,
    place: Place,
    first: &Operator<X, Z>,
    other: &Operator<Y, Z>,
) -> Result {
    let gives = |operator: &str| format!("what `{operator}` gives");
    expect_fit(
        name,
        place,
        (&gives(first.name()), &first.zero_range()),
        (&gives(other.name()), &other.zero_range()),
    )
}

macro_rules! tuple {
    ($a:ident: $first:tt; $($b:ident: $place:tt),+) => {
        impl<$a: IntoOperator, $($b: IntoOperator),+> HorizontalExt for ($a, $($b),+)
        where
            $($b::Range: SameSpace<$a::Range>),+
        {
            type Parts = ($a::Domain, $($b::Domain),+);
            type Range = $a::Range;

            /// The adjoint of the adjoints below one another.
            #[track_caller]
            fn horizontal_as<X: Product<Parts = Self::Parts>>(self) -> Result<Operator<X, $a::Range>> {
                let parts = (
                    self.$first.into_operator(),
                    $(<$b::Range as SameSpace<$a::Range>>::to_range(self.$place.into_operator())),+
                );
                let names = [parts.$first.name(), $(parts.$place.name()),+];
                let name = format!("[{}]", names.join(", "));
                let place = Location::caller();
                $(expect_same_range(&name, place, &parts.$first, &parts.$place)?;)+
                let adjoints = (parts.$first.turned(), $(parts.$place.turned()),+);
                Ok(adjoints.vertical_as::<X>()?.turned_as(name))
            }
        }
    };
}

tuple!(A: 0; B: 1);
tuple!(A: 0; B: 1, C: 2);
tuple!(A: 0; B: 1, C: 2, D: 3);
tuple!(A: 0; B: 1, C: 2, D: 3, E: 4);
tuple!(A: 0; B: 1, C: 2, D: 3, E: 4, F: 5);
tuple!(A: 0; B: 1, C: 2, D: 3, E: 4, F: 5, G: 6);
tuple!(A: 0; B: 1, C: 2, D: 3, E: 4, F: 5, G: 6, H: 7);

impl<X: Vector, Y: Vector> HorizontalExt for Vec<Operator<X, Y>> {
    type Parts = Several<X>;
    type Range = Y;

    #[track_caller]
    fn horizontal_as<V: Product<Parts = Several<X>>>(self) -> Result<Operator<V, Y>> {
        let names: Vec<_> = self.iter().map(Operator::name).collect();
        let name = format!("[{}]", names.join(", "));
        let place = Location::caller();
        if let Some((first, others)) = self.split_first() {
            let mut others = others.iter();
            others.try_for_each(|other| expect_same_range(&name, place, first, other))?;
        }
        let adjoints: Vec<_> = self.iter().map(Operator::turned).collect();
        Ok(adjoints.vertical_as::<V>()?.turned_as(name))
    }
}
