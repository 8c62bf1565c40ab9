//! What a solver needs of the things it solves for: a vector space with an exact inner product.
//!
//! Solvers are written against [`Vector`] alone, so they work on fields and on tuples of fields (product spaces) alike.

use super::Field;
use super::accumulator::Accumulate;
use super::exact_sum::ExactSum;
use super::noise::Noise;
use super::reduce::add_real_dot;
use crate::comm::Comm;
use crate::error::Result;
use crate::grid::Location;
use crate::scalar::Scalar;

/// An element of a real vector space: a field, or a tuple of two to eight vectors over the same ranks.
///
/// A complex space counts as a real one of twice the dimension: the inner product is the real part of the complex one,
/// which is all that norms, descent directions and adjoint tests need.
///
/// Factors are given in `f64` and rounded once to the vector's own scalar. Operations on two vectors fail with
/// [`Error::GridMismatch`](crate::Error::GridMismatch), alike on every rank, where they live on different grids.
///
/// ```
/// use halo::{Comm, Grid, Vector};
///
/// /// One step of steepest descent on |x - target|^2 / 2.
/// fn descend<V: Vector>(x: &mut V, target: &V) -> halo::Result<f64> {
///     let mut residual = target.zeros_like();
///     residual.copy_from(target)?;
///     residual.axpy(-1.0, x)?;
///     x.axpy(1.0, &residual)?;
///     residual.norm()
/// }
///
/// let grid = Grid::new(&Comm::solo(), [3, 3])?;
/// let target = (grid.field(|[i, _]| i as f64), grid.field(|[_, j]| j as f32));
/// let mut x = target.zeros_like();
/// descend(&mut x, &target)?;
/// assert_eq!(descend(&mut x, &target)?, 0.0);
/// # Ok::<(), halo::Error>(())
/// ```
pub trait Vector: Sized {
    /// The zero vector of the same space.
    fn zeros_like(&self) -> Self;

    /// `self = x`.
    fn copy_from(&mut self, x: &Self) -> Result;

    /// `self *= factor`.
    fn scale(&mut self, factor: f64);

    /// `self += factor * x`.
    fn axpy(&mut self, factor: f64, x: &Self) -> Result;

    /// `self = x + factor * self`.
    fn aypx(&mut self, factor: f64, x: &Self) -> Result;

    /// Numbers uniform in [-1, 1) that depend on `seed`, the component and the global index alone.
    fn randomize(&mut self, seed: u64) {
        self.randomize_from(seed, 0);
    }

    /// As [`Vector::randomize`], with components numbered from `component` on; gives the next free number.
    #[doc(hidden)]
    fn randomize_from(&mut self, seed: u64, component: u64) -> u64;

    /// The ranks that share the vector.
    fn comm(&self) -> &Comm;

    /// Adds this rank's part of the inner product to an exact sum.
    fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result;

    /// Collective: the inner product, exact and rounded once: the same bits on any ranks. One small message, however
    /// many fields.
    fn dot(&self, other: &Self) -> Result<f64> {
        let mut total = ExactSum::new();
        self.add_dot(other, &mut total)?;
        Accumulate::<f64>::all_reduce(&mut total, self.comm())?;
        Ok(total.value())
    }

    /// Collective: the root of the inner product with itself, the same bits on any ranks. One small message.
    fn norm(&self) -> Result<f64> {
        let mut total = ExactSum::new();
        self.add_dot(self, &mut total)?;
        Accumulate::<f64>::all_reduce(&mut total, self.comm())?;
        Ok(total.root())
    }
}

impl<T: Scalar, const D: usize, L: Location> Vector for Field<T, D, L> {
    fn zeros_like(&self) -> Self {
        Field::with_margin(self.grid(), self.margin())
    }

    fn copy_from(&mut self, x: &Self) -> Result {
        self.set_from(x)
    }

    fn scale(&mut self, factor: f64) {
        Field::scale(self, T::from_f64(factor));
    }

    fn axpy(&mut self, factor: f64, x: &Self) -> Result {
        Field::axpy(self, T::from_f64(factor), x)
    }

    fn aypx(&mut self, factor: f64, x: &Self) -> Result {
        Field::aypx(self, T::from_f64(factor), x)
    }

    fn randomize_from(&mut self, seed: u64, component: u64) -> u64 {
        self.fill_noise(Noise::new(seed, component), T::from_hash);
        component + 1
    }

    fn comm(&self) -> &Comm {
        self.grid().comm()
    }

    fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result {
        self.grid().expect_same(other.grid(), "the other vector")?;
        for ((_, x), (_, y)) in self.rows().zip(other.rows()) {
            add_real_dot(total, x, y);
        }
        Ok(())
    }
}

macro_rules! product_space {
    ($first:ident $(, $rest:ident)+: $($place:tt),+) => {
        impl<$first: Vector $(, $rest: Vector)+> Vector for ($first, $($rest),+) {
            fn zeros_like(&self) -> Self {
                ($(self.$place.zeros_like(),)+)
            }

            fn copy_from(&mut self, x: &Self) -> Result {
                $(self.$place.copy_from(&x.$place)?;)+
                Ok(())
            }

            fn scale(&mut self, factor: f64) {
                $(self.$place.scale(factor);)+
            }

            fn axpy(&mut self, factor: f64, x: &Self) -> Result {
                $(self.$place.axpy(factor, &x.$place)?;)+
                Ok(())
            }

            fn aypx(&mut self, factor: f64, x: &Self) -> Result {
                $(self.$place.aypx(factor, &x.$place)?;)+
                Ok(())
            }

            fn randomize_from(&mut self, seed: u64, component: u64) -> u64 {
                $(let component = self.$place.randomize_from(seed, component);)+
                component
            }

            fn comm(&self) -> &Comm {
                self.0.comm()
            }

            fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result {
                $(self.$place.add_dot(&other.$place, total)?;)+
                Ok(())
            }
        }
    };
}

product_space!(A, B: 0, 1);
product_space!(A, B, C: 0, 1, 2);
product_space!(A, B, C, E: 0, 1, 2, 3);
product_space!(A, B, C, E, F: 0, 1, 2, 3, 4);
product_space!(A, B, C, E, F, G: 0, 1, 2, 3, 4, 5);
product_space!(A, B, C, E, F, G, H: 0, 1, 2, 3, 4, 5, 6);
product_space!(A, B, C, E, F, G, H, I: 0, 1, 2, 3, 4, 5, 6, 7);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::grid::Grid;

    #[test]
    fn a_product_space_sums_over_its_fields() {
        let grid = Grid::new(&Comm::solo(), [4, 3]).unwrap();
        let (a, b) = (grid.random::<f64>(1), grid.random::<f32>(2));
        let separately = a.dot(&a).unwrap() + b.dot(&b).unwrap();
        let pair = (a, b);
        assert!((Vector::dot(&pair, &pair).unwrap() - separately).abs() < 1e-14);
        assert!((pair.norm().unwrap() - separately.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn components_get_different_noise() {
        let grid = Grid::new(&Comm::solo(), [4, 3]).unwrap();
        let mut vector = (
            (grid.zeros::<f64>(), grid.zeros::<f64>()),
            grid.zeros::<f64>(),
        );
        vector.randomize(5);
        let ((a, b), c) = vector;
        assert_ne!(a.view(), b.view());
        assert_ne!(b.view(), c.view());
        assert_eq!(a.view(), grid.random::<f64>(5).view());
    }

    #[test]
    fn bits_do_not_depend_on_the_ranks() {
        let bits = |ranks| {
            launch_all(ranks, |comm| {
                let grid = Grid::new(comm, [9, 11])?;
                let mut x = (grid.zeros::<f64>(), grid.zeros::<f32>());
                x.randomize(1);
                let mut y = x.zeros_like();
                y.randomize(2);
                y.axpy(x.dot(&y)? / x.dot(&x)?, &x)?;
                x.aypx(0.3, &y)?;
                Ok((x.dot(&y)?.to_bits(), y.norm()?.to_bits()))
            })
            .unwrap()
        };
        let expected = bits(1)[0];
        for ranks in [2, 3, 8, 27] {
            assert_eq!(bits(ranks), vec![expected; ranks]);
        }
    }

    #[test]
    fn vectors_of_other_spaces_are_refused() {
        launch_on(2, |comm| {
            let x = (
                Grid::new(comm, [6])?.zeros::<f64>(),
                Grid::new(comm, [4])?.zeros::<f64>(),
            );
            let mut y = (
                Grid::new(comm, [6])?.zeros::<f64>(),
                Grid::new(comm, [5])?.zeros::<f64>(),
            );
            assert!(y.axpy(1.0, &x).is_err() && y.dot(&x).is_err());
            Ok(())
        })
        .unwrap();
    }
}
