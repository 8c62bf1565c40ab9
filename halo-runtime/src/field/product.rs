//! Product spaces by their parts: tuples, lists, and structs that [`vector_space!`](crate::vector_space) declares.
//!
//! Stacked operators write each part of a product straight into its place, whatever the product is called.

use super::{Several, Vector};
use crate::error::Result;

/// What a product space is made of: a tuple of two to eight vectors, or a list of vectors of one type.
pub trait Parts: Sized {
    /// The parts, to read.
    type Refs<'a>
    where
        Self: 'a;

    /// The parts, to write.
    type RefsMut<'a>
    where
        Self: 'a;

    /// Copies parts, one by one.
    ///
    /// # Errors
    /// Where two vectors of one place are of different spaces.
    fn copy(from: Self::Refs<'_>, to: Self::RefsMut<'_>) -> Result;
}

/// A vector that is made of parts.
///
/// ```
/// use halo::{field::Product, prelude::*};
///
/// halo::vector_space! {
///     /// Pressure, and a velocity component per axis.
///     pub struct Wavefield {
///         /// In Pa.
///         pub pressure: Field<f64, 1>,
///         /// In m/s.
///         pub velocity: Field<f64, 1, Face<0>>,
///     }
/// }
///
/// let grid = Grid::new(&Comm::solo(), [4])?;
/// let mut state = Wavefield::join((grid.field(|_| 1.0), grid.zeros_at()));
/// let (pressure, velocity) = state.split_mut();
/// pressure.scale(3.0);
/// velocity.fill(2.0);
/// assert_eq!(state.norm()?, (4.0 * 9.0 + 5.0 * 4.0_f64).sqrt());
/// # Ok::<(), halo::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no product space",
    note = "use a tuple of vectors, or declare a struct of vectors with `halo::vector_space!`"
)]
pub trait Product: Vector {
    /// The parts.
    type Parts: Parts;

    /// The vector of these parts.
    fn join(parts: Self::Parts) -> Self;

    /// The parts alone.
    fn into_parts(self) -> Self::Parts;

    /// The parts, to read.
    fn split(&self) -> <Self::Parts as Parts>::Refs<'_>;

    /// The parts, to write.
    fn split_mut(&mut self) -> <Self::Parts as Parts>::RefsMut<'_>;
}

macro_rules! tuple {
    ($($part:ident: $place:tt),+) => {
        impl<$($part: Vector),+> Parts for ($($part,)+) {
            type Refs<'a> = ($(&'a $part,)+);
            type RefsMut<'a> = ($(&'a mut $part,)+);

            fn copy(from: ($(&$part,)+), to: ($(&mut $part,)+)) -> Result {
                $(to.$place.copy_from(from.$place)?;)+
                Ok(())
            }
        }

        impl<$($part: Vector),+> Product for ($($part,)+) {
            type Parts = Self;

            fn join(parts: Self) -> Self {
                parts
            }

            fn into_parts(self) -> Self {
                self
            }

            fn split(&self) -> ($(&$part,)+) {
                ($(&self.$place,)+)
            }

            fn split_mut(&mut self) -> ($(&mut $part,)+) {
                ($(&mut self.$place,)+)
            }
        }
    };
}

tuple!(A: 0, B: 1);
tuple!(A: 0, B: 1, C: 2);
tuple!(A: 0, B: 1, C: 2, E: 3);
tuple!(A: 0, B: 1, C: 2, E: 3, F: 4);
tuple!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5);
tuple!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5, H: 6);
tuple!(A: 0, B: 1, C: 2, E: 3, F: 4, G: 5, H: 6, I: 7);

impl<V: Vector> Parts for Several<V> {
    type Refs<'a>
        = &'a [V]
    where
        Self: 'a;
    type RefsMut<'a>
        = &'a mut [V]
    where
        Self: 'a;

    fn copy(from: &[V], to: &mut [V]) -> Result {
        let mut pairs = from.iter().zip(to);
        pairs.try_for_each(|(from, to)| to.copy_from(from))
    }
}

impl<V: Vector> Product for Several<V> {
    type Parts = Self;

    fn join(parts: Self) -> Self {
        parts
    }

    fn into_parts(self) -> Self {
        self
    }

    fn split(&self) -> &[V] {
        self
    }

    fn split_mut(&mut self) -> &mut [V] {
        self
    }
}
