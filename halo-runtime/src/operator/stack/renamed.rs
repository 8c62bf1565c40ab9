//! Operators on tuples, applied to spaces whose parts have names, and the other way round.

use std::marker::PhantomData;

use crate::{
    error::Result,
    field::{Parts, Product, Vector},
    operator::{Expression, LinearOperator, Operator, Part, scratch::Scratch},
};

/// An operator on a product space, applied to another one of the same parts.
struct Renamed<V, X, Y> {
    operator: Operator<X, Y>,
    /// Its argument or its result by its own names.
    parts: Scratch<X>,
    domain: PhantomData<fn(V)>,
}

impl<X: Product, Y: Vector> Operator<X, Y> {
    /// The same operator applied to a product space of the same parts: to a struct that `vector_space!` declares where a stencil
    /// takes a tuple, or to a tuple where it takes a struct. Each application copies the parts once.
    ///
    /// ```
    /// use halo::prelude::*;
    ///
    /// halo::vector_space! {
    ///     struct Velocity {
    ///         along_0: Field<f64, 2, Face<0>>,
    ///         along_1: Field<f64, 2, Face<1>>,
    ///     }
    /// }
    ///
    /// #[stencil]
    /// fn divergence(u: Input<f64, 2, Face<0>>, v: Input<f64, 2, Face<1>>) -> f64 {
    ///     u[[1, 0]] - u[[0, 0]] + v[[0, 1]] - v[[0, 0]]
    /// }
    ///
    /// let grid = Grid::new(&Comm::solo(), [4, 4])?;
    /// let divergence = Divergence {}.on(&grid)?.handle().domain_as::<Velocity>();
    /// let along_0 = grid.field_at(|[i, _]| i as f64);
    /// let flow = Velocity { along_0, along_1: grid.zeros_at() };
    /// assert_eq!(divergence.forward(&flow)?.sum()?, 16.0);
    /// divergence.dot_test(1e-13)?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn domain_as<V: Product<Parts = X::Parts>>(&self) -> Operator<V, Y> {
        Operator::new(Renamed {
            operator: self.clone(),
            parts: Scratch::new(),
            domain: PhantomData,
        })
    }
}

impl<X: Vector, Y: Product> Operator<X, Y> {
    /// The same operator giving a product space of the same parts; see [`domain_as`](Operator::domain_as).
    pub fn range_as<V: Product<Parts = Y::Parts>>(&self) -> Operator<X, V> {
        let adjoint = self.turned().domain_as::<V>();
        adjoint.turned_as(self.name().into())
    }
}

impl<V, X, Y> LinearOperator for Renamed<V, X, Y>
where
    V: Product<Parts = X::Parts>,
    X: Product,
    Y: Vector,
{
    type Domain = V;
    type Range = Y;

    fn name(&self) -> &str {
        self.operator.name()
    }

    fn check(&self) -> Result {
        self.operator.check()
    }

    fn forward_into(&self, x: &V, y: &mut Y) -> Result {
        let make = || self.operator.zero_domain();
        self.parts.with(self.name(), make, |parts| {
            X::Parts::copy(x.split(), parts.split_mut())?;
            self.operator.forward_into(parts, y)
        })
    }

    fn adjoint_into(&self, y: &Y, x: &mut V) -> Result {
        let make = || self.operator.zero_domain();
        self.parts.with(self.name(), make, |parts| {
            self.operator.adjoint_into(y, parts)?;
            X::Parts::copy(parts.split(), x.split_mut())
        })
    }

    fn zero_domain(&self) -> V {
        V::join(self.operator.zero_domain().into_parts())
    }

    fn zero_range(&self) -> Y {
        self.operator.zero_range()
    }

    fn for_each_part(&self, visit: &mut dyn FnMut(&dyn Part) -> Result) -> Result {
        self.operator.for_each_part(visit)
    }

    fn expression(&self) -> Expression {
        self.operator.expression()
    }
}
