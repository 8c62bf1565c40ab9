//! Numbers side by side, as many as an instruction set works on at a time.

use std::cell::Cell;
use std::fmt::Debug;

use super::{Element, Lift};

/// What the formula of a row is evaluated on: one number of a field, or the numbers of several points that lie side by side.
pub trait Lanes: Copy {
    /// What a field stores; of a single number, the type itself.
    type Number: Element;
    /// Points side by side.
    const LANES: usize;
    /// How often a loop evaluates a formula on it before it goes on.
    const AT_A_TIME: usize = 1;
    /// Whether there are [`Vectors`] of these numbers on this target, so that nothing is left to the compiler's vectoriser.
    const IN_VECTORS: bool = false;

    /// The numbers of the cells from one on.
    ///
    /// # Panics
    /// When there are fewer cells.
    fn read(cells: &[Self::Number], first: usize) -> Self;

    /// The numbers of cells that are written too.
    ///
    /// # Panics
    /// When there are fewer cells.
    fn read_own(cells: &[Cell<Self::Number>], first: usize) -> Self;

    /// Stores the numbers into the cells from one on.
    ///
    /// # Panics
    /// When there are fewer cells.
    fn write(self, cells: &[Cell<Self::Number>], first: usize);

    /// As [`Lanes::write`], past the caches where the first cell is aligned to a vector.
    ///
    /// # Panics
    /// When there are fewer cells.
    #[inline(always)]
    fn write_past(self, cells: &[Cell<Self::Number>], first: usize) {
        self.write(cells, first);
    }
}

/// Single numbers: what a field stores is what a formula is evaluated on.
macro_rules! single {
    ([$($generics:tt)*] $number:ty, $in_vectors:expr) => {
        impl<$($generics)*> $crate::scalar::Lanes for $number {
            type Number = Self;
            const LANES: usize = 1;
            const IN_VECTORS: bool = $in_vectors;

            #[inline(always)]
            fn read(cells: &[Self], first: usize) -> Self {
                cells[first]
            }

            #[inline(always)]
            fn read_own(cells: &[::std::cell::Cell<Self>], first: usize) -> Self {
                cells[first].get()
            }

            #[inline(always)]
            fn write(self, cells: &[::std::cell::Cell<Self>], first: usize) {
                cells[first].set(self);
            }
        }
    };
}

pub(super) use single;

/// The vectors in which an instruction set holds numbers.
pub trait Vectors: Copy + Debug {
    /// Of 32 bits.
    type F32: Lift<f32, Number = f32>;
    /// Of 64 bits.
    type F64: Lift<f64, Number = f64>;
    /// One vector where these are several.
    type One: Vectors;
}

/// Numbers one by one.
#[derive(Clone, Copy, Debug)]
pub struct OneByOne;

impl Vectors for OneByOne {
    type F32 = f32;
    type F64 = f64;
    type One = OneByOne;
}
