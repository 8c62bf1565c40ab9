//! Fields as vectors of the crate `argmin`: its solvers are generic over the traits of `argmin-math`, which are implemented
//! here, with the feature `argmin`, for fields of all scalars and locations.
//!
//! `argmin-math` 0.5 itself knows ndarray up to 0.16, which is older than ours, but its traits ask for no array type. Those of a real
//! vector space with an inner product are implemented: with `f64` as the number type `F`, products of complex fields being the real part.
//! Enough for steepest descent, Landweber, linear and nonlinear conjugate gradients, L-BFGS and their line searches; tried with
//! `argmin` 0.11. Not those that a
//! distributed field cannot have: a zero, an identity or a random vector from no grid (`ArgminZero`, `ArgminEye`, `ArgminRandom`), a
//! transpose or an inverse.
//!
//! The traits cannot fail, and collectives can: then the job is ended with the error (`Comm::abort`), which `launch` returns, and the
//! value is NaN until the program gets there. Dot products and norms are collective, so all ranks run the solver together; the
//! bits do not depend on their number.
//!
//! ```
//! use argmin_math::{ArgminDot, ArgminL2Norm, ArgminScaledSub};
//! use halo::prelude::*;
//!
//! /// One step of steepest descent, as argmin's solvers are written.
//! fn descend<P: ArgminScaledSub<P, f64, P> + ArgminDot<P, f64>>(x: &P, gradient: &P, image: &P) -> P {
//!     x.scaled_sub(&(gradient.dot(gradient) / gradient.dot(image)), gradient)
//! }
//!
//! #[stencil]
//! fn elastic(u: Input<f64, 1>) -> f64 {
//!     3.0 * u[0] - u[-1] - u[1]
//! }
//!
//! let norm = halo::launch_on(3, |comm| {
//!     let grid = Grid::new(comm, [20])?;
//!     let (elastic, b) = (Elastic.on(&grid)?, grid.random::<f64>(1));
//!     let mut x = grid.zeros();
//!     for _ in 0..200 {
//!         let mut gradient = elastic.forward(&x)?;
//!         gradient.axpy(-1.0, &b)?;
//!         if gradient.l2_norm() < 1e-12 {
//!             break;
//!         }
//!         x = descend(&x, &gradient, &elastic.forward(&gradient)?);
//!     }
//!     let mut rest = elastic.forward(&x)?;
//!     rest.axpy(-1.0, &b)?;
//!     rest.norm()
//! })?;
//! assert!(norm < 1e-11);
//! # Ok::<(), halo::Error>(())
//! ```

use argmin_math::{
    ArgminAdd, ArgminConj, ArgminDiv, ArgminDot, ArgminL1Norm, ArgminL2Norm, ArgminMinMax,
    ArgminMul, ArgminSignum, ArgminSub, ArgminZeroLike,
};

use super::products::totals;
use super::{Shrink, Threshold};
use crate::error::Result;
use crate::field::{Field, Vector};
use crate::grid::Location;
use crate::scalar::{RealScalar, Scalar};

/// The number, or NaN and the end of the job.
fn number<V: Vector>(vector: &V, value: Result<f64>) -> f64 {
    value.unwrap_or_else(|error| {
        vector.comm().abort(&error);
        f64::NAN
    })
}

/// A changed copy; where the change fails, NaNs and the end of the job.
fn changed<T: Scalar, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    change: impl FnOnce(&mut Field<T, D, L>) -> Result,
) -> Field<T, D, L> {
    let mut copy = field.clone();
    if let Err(error) = change(&mut copy) {
        Vector::comm(&copy).abort(&error);
        copy.fill(T::from_f64(f64::NAN));
    }
    copy
}

impl<T: Scalar, const D: usize, L: Location> ArgminDot<Self, f64> for Field<T, D, L> {
    fn dot(&self, other: &Self) -> f64 {
        number(self, Vector::dot(self, other))
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminL2Norm<f64> for Field<T, D, L> {
    fn l2_norm(&self) -> f64 {
        number(self, Vector::norm(self))
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminL1Norm<f64> for Field<T, D, L> {
    fn l1_norm(&self) -> f64 {
        let sum = totals(Vector::comm(self), |[sum]| {
            self.add_penalty(Threshold::Soft, sum);
            Ok(())
        });
        number(self, sum.map(|[sum]| sum.value()))
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminAdd<Self, Self> for Field<T, D, L> {
    fn add(&self, other: &Self) -> Self {
        changed(self, |sum| sum.axpy(T::ONE, other))
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminSub<Self, Self> for Field<T, D, L> {
    fn sub(&self, other: &Self) -> Self {
        changed(self, |rest| rest.axpy(-T::ONE, other))
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminMul<f64, Self> for Field<T, D, L> {
    fn mul(&self, factor: &f64) -> Self {
        self.map(|value| value * T::Real::from_f64(*factor))
    }
}

/// With this, `argmin-math` makes `scaled_add` and `scaled_sub` of product and sum.
impl<T: Scalar, const D: usize, L: Location> ArgminMul<Field<T, D, L>, Field<T, D, L>> for f64 {
    fn mul(&self, field: &Field<T, D, L>) -> Field<T, D, L> {
        field.mul(self)
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminDiv<f64, Self> for Field<T, D, L> {
    fn div(&self, divisor: &f64) -> Self {
        self.map(|value| value / T::Real::from_f64(*divisor))
    }
}

/// A number added to every cell.
impl<T: Scalar, const D: usize, L: Location> ArgminAdd<f64, Self> for Field<T, D, L> {
    fn add(&self, number: &f64) -> Self {
        self.map(|value| value + T::from_f64(*number))
    }
}

/// A number taken from every cell.
impl<T: Scalar, const D: usize, L: Location> ArgminSub<f64, Self> for Field<T, D, L> {
    fn sub(&self, number: &f64) -> Self {
        self.map(|value| value - T::from_f64(*number))
    }
}

/// Point by point.
impl<T: Scalar, const D: usize, L: Location> ArgminMul<Self, Self> for Field<T, D, L> {
    fn mul(&self, other: &Self) -> Self {
        changed(self, |product| {
            product.zip(other, |value, factor| *value *= factor)
        })
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminConj for Field<T, D, L> {
    fn conj(&self) -> Self {
        self.map(T::conj)
    }
}

impl<T: Scalar, const D: usize, L: Location> ArgminZeroLike for Field<T, D, L> {
    fn zero_like(&self) -> Self {
        self.zeros_like()
    }
}

/// 1 or -1 by the sign bit, NaN of NaN, as `f64::signum`.
impl<T: RealScalar, const D: usize, L: Location> ArgminSignum for Field<T, D, L> {
    fn signum(self) -> Self {
        self.map(|value| T::from_f64(value.to_f64().signum()))
    }
}

/// Point by point; a NaN loses, as with `f64::min`.
impl<T: RealScalar, const D: usize, L: Location> ArgminMinMax for Field<T, D, L> {
    fn min(x: &Self, y: &Self) -> Self {
        pairwise(x, y, f64::min)
    }

    fn max(x: &Self, y: &Self) -> Self {
        pairwise(x, y, f64::max)
    }
}

fn pairwise<T: RealScalar, const D: usize, L: Location>(
    x: &Field<T, D, L>,
    y: &Field<T, D, L>,
    choose: fn(f64, f64) -> f64,
) -> Field<T, D, L> {
    changed(x, |chosen| {
        chosen.zip(y, |value, other| {
            *value = T::from_f64(choose(value.to_f64(), other.to_f64()));
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{Comm, launch_on};
    use crate::grid::Grid;
    use argmin_math::{ArgminScaledAdd, ArgminScaledSub};
    use num_complex::Complex;

    #[test]
    fn arithmetic_by_hand() {
        let grid = Grid::new(&Comm::solo(), [3]).unwrap();
        let (x, y) = (grid.field(|[i]| i as f64), grid.field(|_| 2.0));
        let values = |field: Field<f64, 1>| field.view().to_vec();
        assert_eq!(values(ArgminAdd::add(&x, &y)), [2.0, 3.0, 4.0]);
        assert_eq!(values(ArgminSub::sub(&x, &y)), [-2.0, -1.0, 0.0]);
        assert_eq!(values(x.scaled_add(&3.0, &y)), [6.0, 7.0, 8.0]);
        assert_eq!(values(x.scaled_sub(&3.0, &y)), [-6.0, -5.0, -4.0]);
        assert_eq!(values(ArgminMul::mul(&x, &y)), [0.0, 2.0, 4.0]);
        assert_eq!(values(ArgminMul::mul(&5.0, &x)), [0.0, 5.0, 10.0]);
        assert_eq!(values(ArgminDiv::div(&x, &2.0)), [0.0, 0.5, 1.0]);
        assert_eq!(values(x.zero_like()), [0.0; 3]);
        assert_eq!(values(ArgminAdd::add(&x, &1.0)), [1.0, 2.0, 3.0]);
        assert_eq!(values(ArgminSub::sub(&x, &1.0)), [-1.0, 0.0, 1.0]);
        assert_eq!(values(ArgminSub::sub(&x, &1.0).signum()), [-1.0, 1.0, 1.0]);
        assert_eq!(values(ArgminMinMax::max(&x, &y)), [2.0, 2.0, 2.0]);
        assert_eq!(values(ArgminMinMax::min(&x, &y)), [0.0, 1.0, 2.0]);
        assert_eq!(ArgminDot::dot(&x, &y), 6.0);
        assert_eq!((x.l1_norm(), y.l2_norm()), (3.0, 12f64.sqrt()));
        let z = grid.field(|_| Complex::new(3.0, 4.0)).conj();
        assert_eq!(z.get([0]), Some(Complex::new(3.0, -4.0)));
        assert_eq!((z.l1_norm(), ArgminDot::dot(&z, &z)), (15.0, 75.0));
    }

    #[test]
    fn an_error_ends_the_job_and_gives_no_number() {
        let error = launch_on(2, |comm| {
            let x = Grid::new(comm, [4])?.random::<f64>(1);
            let y = Grid::new(comm, [5])?.random::<f64>(1);
            assert!(ArgminDot::dot(&x, &y).is_nan());
            let sum = ArgminAdd::add(&x, &y);
            assert!(sum.view().iter().all(|value| value.is_nan()));
            // The program need not look: the next collective call fails.
            x.norm().map(drop)
        });
        assert!(error.unwrap_err().to_string().contains("lives on the grid"));
    }
}
