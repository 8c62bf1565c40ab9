//! Operators below one another: from one space to a product space.

use std::marker::PhantomData;
use std::panic::Location;

use crate::{
    error::{Error, Result},
    field::{Product, Several, Vector},
    operator::{
        Expression, IntoOperator, LinearOperator, Operator, Part, Place, SameSpace, Stack,
        expect_fit, scratch::Scratch,
    },
};

/// `(a, b).vertical()`: the operator [A; B], which takes x to (A x, B x), of two to eight operators from one space; and
/// of a `Vec` of operators of one type.
///
/// ```
/// use halo::{operator::Identity, prelude::*};
///
/// #[stencil]
/// fn difference(u: Input<f64, 1>) -> f64 {
///     u[1] - u[0]
/// }
///
/// let grid = Grid::new(&Comm::solo(), [8])?;
/// let identity = Identity::like(&grid.zeros::<f64>());
/// let regularised = (&identity, 0.1 * Difference.on(&grid)?).vertical()?;
/// let (copy, slope) = regularised.forward(&grid.field(|[i]| i as f64))?;
/// assert_eq!((copy.get([3]), slope.get([3])), (Some(3.0), Some(0.1)));
/// regularised.dot_test(1e-12)?;
/// # Ok::<(), halo::Error>(())
/// ```
pub trait VerticalExt: Sized {
    /// What all the operators are applied to.
    type Domain: Vector;
    /// What they give together.
    type Parts: Product<Parts = Self::Parts>;

    /// The stack, giving a tuple, or [`Several`] of a `Vec`. One application of each operator, and in the adjoint one `axpy`
    /// for each but the first.
    ///
    /// # Errors
    /// [`Error::SpaceMismatch`], alike on every rank, where the domains differ; [`Error::Invalid`] for a `Vec` of none.
    #[track_caller]
    fn vertical(self) -> Result<Operator<Self::Domain, Self::Parts>> {
        self.vertical_as::<Self::Parts>()
    }

    /// The stack, giving a product space with names: `(a, b).vertical_as::<Wavefield>()`.
    ///
    /// # Errors
    /// As for [`vertical`](Self::vertical).
    #[track_caller]
    fn vertical_as<Y: Product<Parts = Self::Parts>>(self) -> Result<Operator<Self::Domain, Y>>;
}

/// The operators below one another; `Parts` is a tuple or a `Vec` of handles.
struct Vertical<Parts, X, Y> {
    name: String,
    parts: Parts,
    /// What the adjoint of one part gives.
    back: Scratch<X>,
    range: PhantomData<fn() -> Y>,
}

impl<Parts, X, Y> Vertical<Parts, X, Y> {
    fn new(name: String, parts: Parts) -> Self {
        Vertical {
            name,
            parts,
            back: Scratch::new(),
            range: PhantomData,
        }
    }
}

fn expect_same_domain<X: Vector, Y: Vector, Z: Vector>(
    name: &str,
    place: Place,
    first: &Operator<X, Y>,
    other: &Operator<X, Z>,
) -> Result {
    other.check()?;
    let takes = |operator: &str| format!("what `{operator}` is applied to");
    expect_fit(
        name,
        place,
        (&takes(first.name()), &first.zero_domain()),
        (&takes(other.name()), &other.zero_domain()),
    )
}

macro_rules! tuple {
    ($a:ident $y:ident: $first:tt; $($b:ident $z:ident: $place:tt),+) => {
        impl<$a: IntoOperator, $($b: IntoOperator),+> VerticalExt for ($a, $($b),+)
        where
            $($b::Domain: SameSpace<$a::Domain>),+
        {
            type Domain = $a::Domain;
            type Parts = ($a::Range, $($b::Range),+);

            #[track_caller]
            fn vertical_as<V: Product<Parts = Self::Parts>>(self) -> Result<Operator<$a::Domain, V>> {
                let parts = (
                    self.$first.into_operator(),
                    $(SameSpace::to_domain(self.$place.into_operator())),+
                );
                let names = [parts.$first.name(), $(parts.$place.name()),+];
                let name = format!("[{}]", names.join("; "));
                parts.$first.check()?;
                let place = Location::caller();
                $(expect_same_domain(&name, place, &parts.$first, &parts.$place)?;)+
                Ok(Operator::new(Vertical::new(name, parts)))
            }
        }

        impl<X: Vector, V, $y: Vector, $($z: Vector),+> LinearOperator
            for Vertical<(Operator<X, $y>, $(Operator<X, $z>),+), X, V>
        where
            V: Product<Parts = ($y, $($z),+)>,
        {
            type Domain = X;
            type Range = V;

            fn name(&self) -> &str {
                &self.name
            }

            fn forward_into(&self, x: &X, y: &mut V) -> Result {
                let y = y.split_mut();
                self.parts.$first.forward_into(x, y.$first)?;
                $(self.parts.$place.forward_into(x, y.$place)?;)+
                Ok(())
            }

            fn adjoint_into(&self, y: &V, x: &mut X) -> Result {
                let y = y.split();
                self.parts.$first.adjoint_into(y.$first, x)?;
                self.back.with(&self.name, || self.zero_domain(), |back| {
                    $(
                        self.parts.$place.adjoint_into(y.$place, back)?;
                        x.axpy(1.0, back)?;
                    )+
                    Ok(())
                })
            }

            fn zero_domain(&self) -> X {
                self.parts.$first.zero_domain()
            }

            fn zero_range(&self) -> V {
                V::join((self.parts.$first.zero_range(), $(self.parts.$place.zero_range()),+))
            }

            fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
                self.parts.$first.for_each_part(visit)?;
                $(self.parts.$place.for_each_part(visit)?;)+
                Ok(())
            }

            fn expression(&self) -> Expression {
                let parts = [self.parts.$first.expression(), $(self.parts.$place.expression()),+];
                Expression::stack(Stack::Vertical, parts)
            }
        }
    };
}

tuple!(A Y0: 0; B Y1: 1);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2, D Y3: 3);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2, D Y3: 3, E Y4: 4);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2, D Y3: 3, E Y4: 4, F Y5: 5);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2, D Y3: 3, E Y4: 4, F Y5: 5, G Y6: 6);
tuple!(A Y0: 0; B Y1: 1, C Y2: 2, D Y3: 3, E Y4: 4, F Y5: 5, G Y6: 6, H Y7: 7);

impl<X: Vector, Y: Vector> VerticalExt for Vec<Operator<X, Y>> {
    type Domain = X;
    type Parts = Several<Y>;

    #[track_caller]
    fn vertical_as<V: Product<Parts = Several<Y>>>(self) -> Result<Operator<X, V>> {
        let names: Vec<_> = self.iter().map(Operator::name).collect();
        let name = format!("[{}]", names.join("; "));
        let Some(first) = self.first() else {
            return Err(Error::Invalid(
                "a stack of no operators has no domain; give at least one".into(),
            ));
        };
        first.check()?;
        let place = Location::caller();
        for other in &self[1..] {
            expect_same_domain(&name, place, first, other)?;
        }
        let zero = Several::new(self.iter().map(Operator::zero_range).collect())?;
        Ok(Operator::new(Vertical::new(
            name,
            List {
                operators: self,
                zero,
            },
        )))
    }
}

/// A list of operators that is not empty.
struct List<X, Y> {
    operators: Vec<Operator<X, Y>>,
    /// The zero vector of their ranges.
    zero: Several<Y>,
}

impl<X: Vector, Y: Vector, V> LinearOperator for Vertical<List<X, Y>, X, V>
where
    V: Product<Parts = Several<Y>>,
{
    type Domain = X;
    type Range = V;

    fn name(&self) -> &str {
        &self.name
    }

    fn forward_into(&self, x: &X, y: &mut V) -> Result {
        self.parts.zero.expect_same_number(y.split())?;
        let mut parts = self.parts.operators.iter().zip(y.split_mut());
        parts.try_for_each(|(part, y)| part.forward_into(x, y))
    }

    fn adjoint_into(&self, y: &V, x: &mut X) -> Result {
        self.parts.zero.expect_same_number(y.split())?;
        let mut parts = self.parts.operators.iter().zip(y.split());
        if let Some((first, y)) = parts.next() {
            first.adjoint_into(y, x)?;
        }
        let make = || self.zero_domain();
        self.back.with(&self.name, make, |back| {
            parts.try_for_each(|(part, y)| {
                part.adjoint_into(y, back)?;
                x.axpy(1.0, back)
            })
        })
    }

    fn zero_domain(&self) -> X {
        self.parts.operators[0].zero_domain()
    }

    fn zero_range(&self) -> V {
        V::join(self.parts.zero.zeros_like())
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        let mut parts = self.parts.operators.iter();
        parts.try_for_each(|part| part.for_each_part(visit))
    }

    fn expression(&self) -> Expression {
        let parts = self.parts.operators.iter().map(Operator::expression);
        Expression::stack(Stack::Vertical, parts)
    }
}
