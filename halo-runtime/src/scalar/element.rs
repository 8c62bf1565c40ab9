//! What a field can hold and a message can carry, and what ghosts beyond the ends of a grid can be made of.

use std::fmt::Debug;

/// A plain value that a field can hold and a message can carry: its bytes are its value.
///
/// Implemented for every type that qualifies: floats, complex numbers, integers, [`Prime`](crate::prime::Prime), and
/// arrays of them.
pub trait Element: Copy + PartialEq + Debug + Send + Sync + bytemuck::Pod {}

impl<T: Copy + PartialEq + Debug + Send + Sync + bytemuck::Pod> Element for T {}

/// Values of which whole multiples can be added up, as ghosts beyond the ends of a grid are: numbers and tables of them.
pub trait Weigh: Element {
    /// `weight` times this value.
    fn times(self, weight: i64) -> Self;
    /// The sum of two values.
    fn plus(self, other: Self) -> Self;
}

impl<T: Weigh, const K: usize> Weigh for [T; K] {
    fn times(self, weight: i64) -> Self {
        self.map(|value| value.times(weight))
    }

    fn plus(self, other: Self) -> Self {
        std::array::from_fn(|k| self[k].plus(other[k]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prime::Prime;

    #[test]
    fn elements_include_integers_and_tables() {
        fn bytes<T: Element>(_: T) -> usize {
            size_of::<T>()
        }
        assert_eq!(
            bytes(1i16) + bytes([0.0f64; 41]) + bytes(Prime::ONE),
            2 + 328 + 8
        );
    }

    #[test]
    fn tables_are_weighed_number_by_number() {
        assert_eq!([1.0, -2.0].times(3).plus([0.5, 0.25]), [3.5, -5.75]);
        assert_eq!([[2f32]].times(-1), [[-2.0]]);
    }
}
