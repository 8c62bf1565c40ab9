//! Numbers side by side in the registers of an instruction set.
//!
//! The types behind [`Lanes`]: what a formula does with a number, they do with the numbers of several points in one instruction
//! each. Nothing is contracted or reassociated, and so every lane has the bits of the number alone.
//!
//! A value of these types exists only in work that [`Dispatch`](super::Dispatch) runs, which is compiled for the instruction
//! set and runs where the processor was seen to have it.

use std::arch::x86_64::*;
use std::cell::Cell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::LINE;
use super::block::part;
use crate::scalar::{Arithmetic, Lanes, Lift, Scale, Vectors, Weigh};

/// Several vectors one after the other: every address is found once for all of them, and the sums of one do not wait for
/// another's. Each operation is compiled for the instruction set by itself, so that a row body takes it in as a whole.
macro_rules! block {
    (
        $name:ident: $count:literal of $vector:ident, $at_a_time:literal at a time, [$($k:tt)*],
        $feature:literal, [$cell:ident; $width:literal],
        $load:ident, $save:ident, $stream:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident, $div:ident,
        |$x:ident| $negated:expr
    ) => {
        #[doc = concat!(stringify!($count), " vectors of ", $feature, ".")]
        #[derive(Clone, Copy, Debug)]
        #[repr(C)]
        pub(crate) struct $name($(block!(@each $k $vector)),*);

        impl $name {
            /// Numbers of a vector.
            const WIDTH: usize = $width;

            /// # Safety
            /// There are so many cells.
            #[target_feature(enable = $feature)]
            #[inline]
            unsafe fn load(cells: *const $cell) -> Self {
                // SAFETY: the cells of each vector are among those of all.
                $name($(unsafe { $load(cells.add($k * Self::WIDTH)) }),*)
            }

            /// # Safety
            /// There are so many cells, which may be written.
            #[target_feature(enable = $feature)]
            #[inline]
            unsafe fn save(self, cells: *mut $cell) {
                // SAFETY: as in `load`.
                $(unsafe { $save(cells.add($k * Self::WIDTH), self.$k) })*
            }

            /// # Safety
            /// There are so many cells, which may be written and are aligned to a vector.
            #[target_feature(enable = $feature)]
            #[inline]
            unsafe fn stream(self, cells: *mut $cell) {
                // SAFETY: as in `load`; all vectors are aligned where the first is.
                $(unsafe { $stream(cells.add($k * Self::WIDTH), self.$k) })*
            }

            #[target_feature(enable = $feature)]
            #[inline]
            fn splat(value: $cell) -> Self {
                let value = $splat(value);
                $name($(block!(@each $k value)),*)
            }

            #[target_feature(enable = $feature)]
            #[inline]
            fn negated(self) -> Self {
                let negated = |$x: $vector| $negated;
                $name($(negated(self.$k)),*)
            }
        }

        // SAFETY: zero is a value, as are all bit patterns of floats; there is no padding between equal vectors.
        unsafe impl bytemuck::Zeroable for $name {}
        // SAFETY: as above.
        unsafe impl bytemuck::Pod for $name {}

        impl Lanes for $name {
            type Number = $cell;
            const LANES: usize = $count * $width;
            const AT_A_TIME: usize = $at_a_time;

            #[inline(always)]
            fn read(cells: &[$cell], first: usize) -> Self {
                // SAFETY: the part has so many cells, and the processor has the instructions.
                unsafe { Self::load(part(cells, first, Self::LANES).as_ptr()) }
            }

            #[inline(always)]
            fn read_own(cells: &[Cell<$cell>], first: usize) -> Self {
                // SAFETY: the part has so many cells, a cell is what is in it, and the processor has the instructions.
                unsafe { Self::load(part(cells, first, Self::LANES).as_ptr().cast()) }
            }

            #[inline(always)]
            fn write(self, cells: &[Cell<$cell>], first: usize) {
                let cells = part(cells, first, Self::LANES).as_ptr();
                // SAFETY: the part has so many cells, which may be written, and the processor has the instructions.
                unsafe { self.save(cells.cast_mut().cast()) }
            }

            #[inline(always)]
            fn write_past(self, cells: &[Cell<$cell>], first: usize) {
                let cells: *mut $cell = part(cells, first, Self::LANES).as_ptr().cast_mut().cast();
                match cells.addr().is_multiple_of(size_of::<Self>().min(LINE)) {
                    // SAFETY: as in `write`, and the cells are aligned to a vector.
                    true => unsafe { self.stream(cells) },
                    // SAFETY: as in `write`.
                    false => unsafe { self.save(cells) },
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                let cells = |lanes: &Self| bytemuck::cast::<Self, [$cell; $count * $width]>(*lanes);
                cells(self) == cells(other)
            }
        }

        impl Weigh for $name {
            #[inline(always)]
            fn times(self, weight: i64) -> Self {
                Self::integer(weight) * self
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }
        }

        block!(@operation $name, $feature, Add, add, $add, [$($k)*]);
        block!(@operation $name, $feature, Sub, sub, $sub, [$($k)*]);
        block!(@operation $name, $feature, Mul, mul, $mul, [$($k)*]);
        block!(@operation $name, $feature, Div, div, $div, [$($k)*]);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                // SAFETY: the processor has the instructions.
                unsafe { self.negated() }
            }
        }

        impl Arithmetic for $name {
            // SAFETY: zero is a value.
            const ZERO: Self = unsafe { std::mem::zeroed() };
            // SAFETY: as many floats as the vectors have.
            const ONE: Self = unsafe { std::mem::transmute::<[$cell; Self::LANES], Self>([1.0; Self::LANES]) };
            #[inline(always)]
            fn integer(value: i64) -> Self {
                Self::lift(value as $cell)
            }
        }

        impl Scale<$cell> for $name {
            #[inline(always)]
            fn scale(self, factor: $cell) -> Self {
                Self::lift(factor) * self
            }
            #[inline(always)]
            fn divide(self, divisor: $cell) -> Self {
                self / Self::lift(divisor)
            }
        }

        impl Lift<$cell> for $name {
            type Passive = Self;
            #[inline(always)]
            fn passive(value: $cell) -> Self {
                Self::lift(value)
            }
            #[inline(always)]
            fn lift(value: $cell) -> Self {
                // SAFETY: the processor has the instructions.
                unsafe { Self::splat(value) }
            }
            #[inline(always)]
            fn lift_each(values: Self) -> Self {
                values
            }
            #[inline(always)]
            fn conj_each(values: Self) -> Self {
                values
            }
            #[inline(always)]
            fn scale_each(self, factors: Self) -> Self {
                factors * self
            }
            #[inline(always)]
            fn divide_each(self, divisors: Self) -> Self {
                self / divisors
            }
        }
    };
    (@each $k:tt $($what:tt)*) => { $($what)* };
    (@operation $name:ident, $feature:literal, $operation:ident, $method:ident, $instruction:ident, [$($k:tt)*]) => {
        impl $operation for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                #[target_feature(enable = $feature)]
                #[inline]
                fn operate(a: $name, b: $name) -> $name {
                    $name($($instruction(a.$k, b.$k)),*)
                }
                // SAFETY: the processor has the instructions.
                unsafe { operate(self, other) }
            }
        }
    };
}

/// Both blocks of a set: of one vector, of which a loop does several, and of as many together.
macro_rules! blocks {
    (
        $one:ident, $several:ident: $count:literal of $vector:ident, [$($k:tt)*], $($of_each:tt)*
    ) => {
        block!($one: 1 of $vector, $count at a time, [0], $($of_each)*);
        block!($several: $count of $vector, 1 at a time, [$($k)*], $($of_each)*);
    };
}

blocks!(
    Sse2F32x1, Sse2F32: 4 of __m128, [0 1 2 3], "sse2", [f32; 4],
    _mm_loadu_ps, _mm_storeu_ps, _mm_stream_ps, _mm_set1_ps,
    _mm_add_ps, _mm_sub_ps, _mm_mul_ps, _mm_div_ps,
    |x| _mm_xor_ps(x, _mm_set1_ps(-0.0))
);
blocks!(
    Sse2F64x1, Sse2F64: 4 of __m128d, [0 1 2 3], "sse2", [f64; 2],
    _mm_loadu_pd, _mm_storeu_pd, _mm_stream_pd, _mm_set1_pd,
    _mm_add_pd, _mm_sub_pd, _mm_mul_pd, _mm_div_pd,
    |x| _mm_xor_pd(x, _mm_set1_pd(-0.0))
);
blocks!(
    Avx2F32x1, Avx2F32: 4 of __m256, [0 1 2 3], "avx2", [f32; 8],
    _mm256_loadu_ps, _mm256_storeu_ps, _mm256_stream_ps, _mm256_set1_ps,
    _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps,
    |x| _mm256_xor_ps(x, _mm256_set1_ps(-0.0))
);
blocks!(
    Avx2F64x1, Avx2F64: 4 of __m256d, [0 1 2 3], "avx2", [f64; 4],
    _mm256_loadu_pd, _mm256_storeu_pd, _mm256_stream_pd, _mm256_set1_pd,
    _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd,
    |x| _mm256_xor_pd(x, _mm256_set1_pd(-0.0))
);
// Negation is AVX-512 F by way of the integers; that of floats is AVX-512 DQ.
blocks!(
    Avx512F32x1, Avx512F32: 2 of __m512, [0 1], "avx512f", [f32; 16],
    _mm512_loadu_ps, _mm512_storeu_ps, _mm512_stream_ps, _mm512_set1_ps,
    _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps,
    |x| _mm512_castsi512_ps(_mm512_xor_si512(
        _mm512_castps_si512(x),
        _mm512_castps_si512(_mm512_set1_ps(-0.0)),
    ))
);
blocks!(
    Avx512F64x1, Avx512F64: 2 of __m512d, [0 1], "avx512f", [f64; 8],
    _mm512_loadu_pd, _mm512_storeu_pd, _mm512_stream_pd, _mm512_set1_pd,
    _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd,
    |x| _mm512_castsi512_pd(_mm512_xor_si512(
        _mm512_castpd_si512(x),
        _mm512_castpd_si512(_mm512_set1_pd(-0.0)),
    ))
);

/// The vectors of a set: one, and as many as a loop does at a time.
macro_rules! vectors {
    ($name:ident, $f32:ident, $f64:ident, $one:ident) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl Vectors for $name {
            type F32 = $f32;
            type F64 = $f64;
            type One = $one;
        }
    };
}

vectors!(Sse2x1, Sse2F32x1, Sse2F64x1, Sse2x1);
vectors!(Sse2, Sse2F32, Sse2F64, Sse2x1);
vectors!(Avx2x1, Avx2F32x1, Avx2F64x1, Avx2x1);
vectors!(Avx2, Avx2F32, Avx2F64, Avx2x1);
vectors!(Avx512x1, Avx512F32x1, Avx512F64x1, Avx512x1);
vectors!(Avx512, Avx512F32, Avx512F64, Avx512x1);

#[cfg(test)]
mod tests {
    use super::super::{Dispatch, InstructionSet, Work};
    use super::*;

    /// Every operation on lanes against the same on each number alone.
    fn agrees<T, V>(numbers: &[T], others: &[T])
    where
        T: Lift<T, Number = T, Passive = T> + crate::scalar::RealScalar,
        V: Lift<T, Number = T>,
    {
        let same = |lanes: V, alone: &dyn Fn(T, T) -> T| {
            let mut values = vec![T::ZERO; V::LANES + 2];
            lanes.write(Cell::from_mut(&mut values[..]).as_slice_of_cells(), 1);
            assert!(values[0] == T::ZERO && values[V::LANES + 1] == T::ZERO);
            for (k, value) in values[1..][..V::LANES].iter().enumerate() {
                let expected = alone(numbers[k + 1], others[k + 1]);
                let bits = |x: T| bytemuck::bytes_of(&x).to_vec();
                assert_eq!(bits(*value), bits(expected), "{value} {expected}");
            }
        };
        let (a, b) = (V::read(numbers, 1), V::read(others, 1));
        let passive = |numbers| <V::Passive as Lanes>::read(numbers, 1);
        let three = T::integer(3);
        same(a + b, &|a, b| a + b);
        same(a - b, &|a, b| a - b);
        same(a * b, &|a, b| a * b);
        same(a / b, &|a, b| a / b);
        same(-a, &|a, _| -a);
        same(a.scale(three), &|a, _| three * a);
        same(a.divide(three), &|a, _| a / three);
        same(a.scale_each(passive(others)), &|a, b| b * a);
        same(a.divide_each(passive(others)), &|a, b| a / b);
        same(V::lift_each(V::conj_each(passive(numbers))), &|a, _| a);
        same(V::lift(three) + V::lift_each(V::passive(three)), &|_, _| {
            three + three
        });
        same(V::ZERO, &|_, _| T::ZERO);
        same(V::ONE, &|_, _| T::ONE);
        same(a.times(2).plus(b), &|a, b| a.times(2).plus(b));
    }

    /// On cells past a line and on a line's.
    fn stored<T: Lift<T, Number = T> + crate::scalar::RealScalar, V: Lift<T, Number = T>>(
        numbers: &[T],
    ) {
        for first in 0..24 {
            let mut cells = [T::ZERO; 80];
            let own = Cell::from_mut(&mut cells[..]).as_slice_of_cells();
            V::read(numbers, 2).write_past(own, first);
            let read = V::read_own(own, first);
            assert_eq!(read, V::read(numbers, 2));
            assert_eq!(cells[first..][..V::LANES], numbers[2..][..V::LANES]);
            let untouched = cells[..first].iter().chain(&cells[first + V::LANES..]);
            assert!(untouched.copied().all(|cell| cell == T::ZERO), "{first}");
        }
    }

    struct AllOf<'a>(&'a [f64]);

    impl Work for AllOf<'_> {
        const VECTORISES: bool = true;

        #[inline(always)]
        fn run<B: Vectors>(self) {
            let singles = |numbers: &[f64]| -> Vec<f32> {
                numbers.iter().map(|number| *number as f32).collect()
            };
            let others: Vec<f64> = self.0.iter().rev().copied().collect();
            let (a, b) = (singles(self.0), singles(&others));
            agrees::<f32, B::F32>(&a, &b);
            agrees::<f32, <B::One as Vectors>::F32>(&a, &b);
            agrees::<f64, B::F64>(self.0, &others);
            agrees::<f64, <B::One as Vectors>::F64>(self.0, &others);
            stored::<f32, B::F32>(&a);
            stored::<f32, <B::One as Vectors>::F32>(&a);
            stored::<f64, B::F64>(self.0);
            stored::<f64, <B::One as Vectors>::F64>(self.0);
        }
    }

    #[test]
    fn every_lane_has_the_bits_of_the_number_alone() {
        let mut numbers: Vec<f64> = (0..64).map(|k| f64::from(k * k) / 7.0 - 3.0).collect();
        numbers[2..6].copy_from_slice(&[0.0, -0.0, f64::INFINITY, 1e-310]);
        for set in [
            InstructionSet::Baseline,
            InstructionSet::Avx2,
            InstructionSet::Avx512,
        ] {
            Dispatch::new(set).run(AllOf(&numbers));
        }
    }
}
