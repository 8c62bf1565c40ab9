//! Operators along a diagonal: each maps its own part of one product space to its own part of another.

use std::marker::PhantomData;

use crate::{
    error::Result,
    field::{Product, Several, Vector},
    operator::{Expression, IntoOperator, LinearOperator, Operator, Part, Stack},
};

/// `(a, b).block_diagonal()`: the operator that takes (u, v) to (A u, B v), of two to eight operators; and of a `Vec` of
/// operators of one type.
///
/// ```
/// use halo::{field::Several, operator::Identity, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [3])?;
/// let identity = Identity::like(&grid.zeros::<f64>());
/// let per_shot: Vec<_> = (0..4).map(|shot| f64::from(shot) * &identity).collect();
/// let weights = per_shot.block_diagonal()?;
/// let shots = Several::new(vec![grid.field(|_| 1.0); 4])?;
/// assert_eq!(weights.forward(&shots)?[3].get([0]), Some(3.0));
/// # Ok::<(), halo::Error>(())
/// ```
pub trait BlockDiagonalExt: Sized {
    /// What they are applied to together.
    type DomainParts: Product<Parts = Self::DomainParts>;
    /// What they give together.
    type RangeParts: Product<Parts = Self::RangeParts>;

    /// The operator between tuples, or between [`Several`] of a `Vec`. One application of each operator.
    ///
    /// # Errors
    /// Those of the [`check`](LinearOperator::check) of each operator; [`Error::Invalid`](crate::Error::Invalid) for a `Vec` of none.
    fn block_diagonal(self) -> Result<Operator<Self::DomainParts, Self::RangeParts>> {
        self.block_diagonal_as::<Self::DomainParts, Self::RangeParts>()
    }

    /// The operator between product spaces with names: `(a, b).block_diagonal_as::<Model, Data>()`.
    ///
    /// # Errors
    /// As for [`block_diagonal`](Self::block_diagonal).
    fn block_diagonal_as<X, Y>(self) -> Result<Operator<X, Y>>
    where
        X: Product<Parts = Self::DomainParts>,
        Y: Product<Parts = Self::RangeParts>;
}

/// The operators along a diagonal; `Parts` is a tuple or a list of handles.
struct BlockDiagonal<Parts, X, Y> {
    name: String,
    parts: Parts,
    spaces: PhantomData<fn(X) -> Y>,
}

fn name(names: &[&str]) -> String {
    format!("diag({})", names.join(", "))
}

macro_rules! tuple {
    ($($a:ident $x:ident $y:ident: $place:tt),+) => {
        impl<$($a: IntoOperator),+> BlockDiagonalExt for ($($a,)+) {
            type DomainParts = ($($a::Domain,)+);
            type RangeParts = ($($a::Range,)+);

            fn block_diagonal_as<X, Y>(self) -> Result<Operator<X, Y>>
            where
                X: Product<Parts = Self::DomainParts>,
                Y: Product<Parts = Self::RangeParts>,
            {
                let parts = ($(self.$place.into_operator(),)+);
                $(parts.$place.check()?;)+
                Ok(Operator::new(BlockDiagonal {
                    name: name(&[$(parts.$place.name()),+]),
                    parts,
                    spaces: PhantomData,
                }))
            }
        }

        impl<X, Y, $($x: Vector, $y: Vector),+> LinearOperator
            for BlockDiagonal<($(Operator<$x, $y>,)+), X, Y>
        where
            X: Product<Parts = ($($x,)+)>,
            Y: Product<Parts = ($($y,)+)>,
        {
            type Domain = X;
            type Range = Y;

            fn name(&self) -> &str {
                &self.name
            }

            fn forward_into(&self, x: &X, y: &mut Y) -> Result {
                let (x, y) = (x.split(), y.split_mut());
                $(self.parts.$place.forward_into(x.$place, y.$place)?;)+
                Ok(())
            }

            fn adjoint_into(&self, y: &Y, x: &mut X) -> Result {
                let (y, x) = (y.split(), x.split_mut());
                $(self.parts.$place.adjoint_into(y.$place, x.$place)?;)+
                Ok(())
            }

            fn zero_domain(&self) -> X {
                X::join(($(self.parts.$place.zero_domain(),)+))
            }

            fn zero_range(&self) -> Y {
                Y::join(($(self.parts.$place.zero_range(),)+))
            }

            fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
                $(self.parts.$place.for_each_part(visit)?;)+
                Ok(())
            }

            fn expression(&self) -> Expression {
                Expression::stack(Stack::Diagonal, [$(self.parts.$place.expression()),+])
            }
        }
    };
}

tuple!(A X0 Y0: 0, B X1 Y1: 1);
tuple!(A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2);
tuple!(A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2, D X3 Y3: 3);
tuple!(A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2, D X3 Y3: 3, E X4 Y4: 4);
tuple!(A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2, D X3 Y3: 3, E X4 Y4: 4, F X5 Y5: 5);
tuple!(A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2, D X3 Y3: 3, E X4 Y4: 4, F X5 Y5: 5, G X6 Y6: 6);
tuple!(
    A X0 Y0: 0, B X1 Y1: 1, C X2 Y2: 2, D X3 Y3: 3, E X4 Y4: 4, F X5 Y5: 5, G X6 Y6: 6, H X7 Y7: 7
);

impl<X: Vector, Y: Vector> BlockDiagonalExt for Vec<Operator<X, Y>> {
    type DomainParts = Several<X>;
    type RangeParts = Several<Y>;

    fn block_diagonal_as<V, W>(self) -> Result<Operator<V, W>>
    where
        V: Product<Parts = Several<X>>,
        W: Product<Parts = Several<Y>>,
    {
        self.iter().try_for_each(Operator::check)?;
        let names: Vec<_> = self.iter().map(Operator::name).collect();
        let name = name(&names);
        let parts = List {
            zero_domain: Several::new(self.iter().map(Operator::zero_domain).collect())?,
            zero_range: Several::new(self.iter().map(Operator::zero_range).collect())?,
            operators: self,
        };
        let spaces = PhantomData;
        Ok(Operator::new(BlockDiagonal {
            name,
            parts,
            spaces,
        }))
    }
}

/// A list of operators that is not empty, and the zero vectors of their spaces.
struct List<X, Y> {
    operators: Vec<Operator<X, Y>>,
    zero_domain: Several<X>,
    zero_range: Several<Y>,
}

impl<X, Y, V, W> LinearOperator for BlockDiagonal<List<X, Y>, V, W>
where
    X: Vector,
    Y: Vector,
    V: Product<Parts = Several<X>>,
    W: Product<Parts = Several<Y>>,
{
    type Domain = V;
    type Range = W;

    fn name(&self) -> &str {
        &self.name
    }

    fn forward_into(&self, x: &V, y: &mut W) -> Result {
        self.parts.zero_domain.expect_same_number(x.split())?;
        self.parts.zero_range.expect_same_number(y.split())?;
        let vectors = x.split().iter().zip(y.split_mut());
        let mut parts = self.parts.operators.iter().zip(vectors);
        parts.try_for_each(|(part, (x, y))| part.forward_into(x, y))
    }

    fn adjoint_into(&self, y: &W, x: &mut V) -> Result {
        self.parts.zero_range.expect_same_number(y.split())?;
        self.parts.zero_domain.expect_same_number(x.split())?;
        let vectors = y.split().iter().zip(x.split_mut());
        let mut parts = self.parts.operators.iter().zip(vectors);
        parts.try_for_each(|(part, (y, x))| part.adjoint_into(y, x))
    }

    fn zero_domain(&self) -> V {
        V::join(self.parts.zero_domain.zeros_like())
    }

    fn zero_range(&self) -> W {
        W::join(self.parts.zero_range.zeros_like())
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        let mut parts = self.parts.operators.iter();
        parts.try_for_each(|part| part.for_each_part(visit))
    }

    fn expression(&self) -> Expression {
        let parts = self.parts.operators.iter().map(Operator::expression);
        Expression::stack(Stack::Diagonal, parts)
    }
}
