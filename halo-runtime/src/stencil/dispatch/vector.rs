//! Numbers side by side in the registers of an instruction set.
//!
//! The types behind [`Lanes`]: what a formula does with a number, they do with the numbers of several points in one instruction
//! each. Nothing is contracted or reassociated, and so every lane has the bits of the number alone.
//!
//! A value of these types exists only in work that [`Dispatch`](super::Dispatch) runs, which is compiled for the instruction
//! set and runs where the processor was seen to have it.

use std::arch::x86_64::*;
use std::ops::{Add, Div, Mul, Neg, Sub};

use super::LINE;
use super::block::{part, part_mut};
use crate::scalar::{Arithmetic, Lanes, Lift, Scale, Vectors, Weigh};

/// Lanes in memory.
///
/// # Safety
/// All bit patterns are values; `load` and `save` touch `LANES` cells and no more.
unsafe trait Memory: Lanes {
    /// # Safety
    /// There are `LANES` cells from the pointer on.
    unsafe fn load(cells: *const Self::Cell) -> Self;
    /// # Safety
    /// There are `LANES` cells from the pointer on.
    unsafe fn save(self, cells: *mut Self::Cell);
    /// # Safety
    /// There are `LANES` cells from the pointer on, which is aligned to as many bytes as they have, or to a line.
    unsafe fn stream(self, cells: *mut Self::Cell);
}

/// What all lanes have in common, once they are [`Memory`] and have the four operations.
macro_rules! lanes {
    ($name:ty, $cell:ty, $lanes:expr) => {
        // SAFETY: zero is a value, as are all bit patterns of floats; there is no padding between equal vectors.
        unsafe impl bytemuck::Zeroable for $name {}
        // SAFETY: as above.
        unsafe impl bytemuck::Pod for $name {}

        impl Lanes for $name {
            type Cell = $cell;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn read(cells: &[$cell], first: usize) -> Self {
                // SAFETY: the part has so many cells.
                unsafe { Self::load(part(cells, first, Self::LANES).as_ptr()) }
            }

            #[inline(always)]
            fn write(self, cells: &mut [$cell], first: usize) {
                // SAFETY: the part has so many cells.
                unsafe { self.save(part_mut(cells, first, Self::LANES).as_mut_ptr()) }
            }

            #[inline(always)]
            fn write_past(self, cells: &mut [$cell], first: usize) {
                let cells = part_mut(cells, first, Self::LANES).as_mut_ptr();
                let lines = const { (Self::LANES * size_of::<$cell>()).is_multiple_of(LINE) };
                match lines && cells.addr().is_multiple_of(LINE) {
                    // SAFETY: so many cells, whole lines of them.
                    true => unsafe { self.stream(cells) },
                    // SAFETY: so many cells.
                    false => unsafe { self.save(cells) },
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                let cells = |lanes: &Self| bytemuck::cast::<Self, [$cell; $lanes]>(*lanes);
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
    };
}

/// One vector.
macro_rules! vector {
    (
        $name:ident, $feature:literal, [$cell:ident; $lanes:literal], $vector:ident, $load:ident, $save:ident, $stream:ident,
        $splat:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, |$x:ident| $negated:expr
    ) => {
        #[doc = concat!(stringify!($lanes), " numbers, in the registers of ", $feature, ".")]
        #[derive(Clone, Copy, Debug)]
        #[repr(transparent)]
        pub(crate) struct $name($vector);

        // SAFETY: vectors of floats; the instructions touch a vector each.
        unsafe impl Memory for $name {
            #[inline(always)]
            unsafe fn load(cells: *const $cell) -> Self {
                // SAFETY: there are so many cells, and the processor has the instructions.
                $name(unsafe { $load(cells) })
            }
            #[inline(always)]
            unsafe fn save(self, cells: *mut $cell) {
                // SAFETY: as in `load`.
                unsafe { $save(cells, self.0) }
            }
            #[inline(always)]
            unsafe fn stream(self, cells: *mut $cell) {
                // SAFETY: as in `load`; the cells are aligned to a vector.
                unsafe { $stream(cells, self.0) }
            }
        }

        vector!(@operation $name, Add, add, $add);
        vector!(@operation $name, Sub, sub, $sub);
        vector!(@operation $name, Mul, mul, $mul);
        vector!(@operation $name, Div, div, $div);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                let $x = self.0;
                // SAFETY: the processor has the instructions.
                $name(unsafe { $negated })
            }
        }

        impl Arithmetic for $name {
            // SAFETY: zero is a value.
            const ZERO: Self = unsafe { std::mem::zeroed() };
            // SAFETY: as many floats as the vector has.
            const ONE: Self = unsafe { std::mem::transmute::<[$cell; $lanes], Self>([1.0; $lanes]) };
            #[inline(always)]
            fn integer(value: i64) -> Self {
                Self::lift(value as $cell)
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
                $name(unsafe { $splat(value) })
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

        lanes!($name, $cell, $lanes);
    };
    (@operation $name:ident, $operation:ident, $method:ident, $instruction:ident) => {
        impl $operation for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: the processor has the instructions.
                $name(unsafe { $instruction(self.0, other.0) })
            }
        }
    };
}

vector!(
    F32x4,
    "SSE2",
    [f32; 4],
    __m128,
    _mm_loadu_ps,
    _mm_storeu_ps,
    _mm_stream_ps,
    _mm_set1_ps,
    _mm_add_ps,
    _mm_sub_ps,
    _mm_mul_ps,
    _mm_div_ps,
    |x| _mm_xor_ps(x, _mm_set1_ps(-0.0))
);
vector!(
    F64x2,
    "SSE2",
    [f64; 2],
    __m128d,
    _mm_loadu_pd,
    _mm_storeu_pd,
    _mm_stream_pd,
    _mm_set1_pd,
    _mm_add_pd,
    _mm_sub_pd,
    _mm_mul_pd,
    _mm_div_pd,
    |x| _mm_xor_pd(x, _mm_set1_pd(-0.0))
);
vector!(
    F32x8,
    "AVX",
    [f32; 8],
    __m256,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    _mm256_stream_ps,
    _mm256_set1_ps,
    _mm256_add_ps,
    _mm256_sub_ps,
    _mm256_mul_ps,
    _mm256_div_ps,
    |x| _mm256_xor_ps(x, _mm256_set1_ps(-0.0))
);
vector!(
    F64x4,
    "AVX",
    [f64; 4],
    __m256d,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    _mm256_stream_pd,
    _mm256_set1_pd,
    _mm256_add_pd,
    _mm256_sub_pd,
    _mm256_mul_pd,
    _mm256_div_pd,
    |x| _mm256_xor_pd(x, _mm256_set1_pd(-0.0))
);

// Negation is AVX-512 F by way of the integers; that of floats is AVX-512 DQ.
vector!(
    F32x16,
    "AVX-512 F",
    [f32; 16],
    __m512,
    _mm512_loadu_ps,
    _mm512_storeu_ps,
    _mm512_stream_ps,
    _mm512_set1_ps,
    _mm512_add_ps,
    _mm512_sub_ps,
    _mm512_mul_ps,
    _mm512_div_ps,
    |x| _mm512_castsi512_ps(_mm512_xor_si512(
        _mm512_castps_si512(x),
        _mm512_castps_si512(_mm512_set1_ps(-0.0)),
    ))
);
vector!(
    F64x8,
    "AVX-512 F",
    [f64; 8],
    __m512d,
    _mm512_loadu_pd,
    _mm512_storeu_pd,
    _mm512_stream_pd,
    _mm512_set1_pd,
    _mm512_add_pd,
    _mm512_sub_pd,
    _mm512_mul_pd,
    _mm512_div_pd,
    |x| _mm512_castsi512_pd(_mm512_xor_si512(
        _mm512_castpd_si512(x),
        _mm512_castpd_si512(_mm512_set1_pd(-0.0)),
    ))
);

/// Vectors one after the other: every address is found once for all of them, and the sums of one do not wait for another's.
macro_rules! group {
    ($name:ident, [$vector:ident; $count:literal], $cell:ident, $($k:tt)*) => {
        #[doc = concat!(stringify!($count), " vectors.")]
        #[derive(Clone, Copy, Debug)]
        #[repr(C)]
        pub(crate) struct $name($(group!(@each $k $vector)),*);

        // SAFETY: equal vectors side by side; each touches its own cells.
        unsafe impl Memory for $name {
            #[inline(always)]
            unsafe fn load(cells: *const $cell) -> Self {
                // SAFETY: the cells of each vector are among those of all.
                $name($(unsafe { $vector::load(cells.add($k * $vector::LANES)) }),*)
            }
            #[inline(always)]
            unsafe fn save(self, cells: *mut $cell) {
                // SAFETY: as in `load`.
                $(unsafe { self.$k.save(cells.add($k * $vector::LANES)) })*
            }
            #[inline(always)]
            unsafe fn stream(self, cells: *mut $cell) {
                // SAFETY: as in `load`; a vector's bytes divide a line's.
                $(unsafe { self.$k.stream(cells.add($k * $vector::LANES)) })*
            }
        }

        group!(@operation $name, Add, add, $($k)*);
        group!(@operation $name, Sub, sub, $($k)*);
        group!(@operation $name, Mul, mul, $($k)*);
        group!(@operation $name, Div, div, $($k)*);

        impl Neg for $name {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                $name($(-self.$k),*)
            }
        }

        impl Arithmetic for $name {
            const ZERO: Self = $name($(group!(@each $k $vector::ZERO)),*);
            const ONE: Self = $name($(group!(@each $k $vector::ONE)),*);
            #[inline(always)]
            fn integer(value: i64) -> Self {
                Self::lift(value as $cell)
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
                let number = $vector::lift(value);
                $name($(group!(@each $k number)),*)
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

        lanes!($name, $cell, $count * $vector::LANES);
    };
    (@each $k:tt $($what:tt)*) => { $($what)* };
    (@operation $name:ident, $operation:ident, $method:ident, $($k:tt)*) => {
        impl $operation for $name {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                $name($(self.$k.$method(other.$k)),*)
            }
        }
    };
}

group!(F32x4x4, [F32x4; 4], f32, 0 1 2 3);
group!(F64x2x4, [F64x2; 4], f64, 0 1 2 3);
group!(F32x8x4, [F32x8; 4], f32, 0 1 2 3);
group!(F64x4x4, [F64x4; 4], f64, 0 1 2 3);
group!(F32x16x2, [F32x16; 2], f32, 0 1);
group!(F64x8x2, [F64x8; 2], f64, 0 1);

/// The vectors of a set.
macro_rules! vectors {
    ($name:ident, $f32:ident, $f64:ident) => {
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl Vectors for $name {
            type F32 = $f32;
            type F64 = $f64;
        }
    };
}

vectors!(Sse2, F32x4, F64x2);
vectors!(Sse2Block, F32x4x4, F64x2x4);
vectors!(Avx2, F32x8, F64x4);
vectors!(Avx2Block, F32x8x4, F64x4x4);
vectors!(Avx512, F32x16, F64x8);
vectors!(Avx512Block, F32x16x2, F64x8x2);

#[cfg(test)]
mod tests {
    use super::super::{Dispatch, InstructionSet, Isa, Work};
    use super::*;

    /// Every operation on lanes against the same on each number alone.
    fn agrees<T, V>(numbers: &[T], others: &[T])
    where
        T: Lift<T, Cell = T, Passive = T> + crate::scalar::RealScalar,
        V: Lift<T, Cell = T>,
    {
        let same = |lanes: V, alone: &dyn Fn(T, T) -> T| {
            let mut values = vec![T::ZERO; V::LANES + 2];
            lanes.write(&mut values, 1);
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
    fn stored<T: Lift<T, Cell = T> + crate::scalar::RealScalar, V: Lift<T, Cell = T>>(
        numbers: &[T],
    ) {
        for first in 0..24 {
            let mut cells = vec![T::ZERO; 80];
            V::read(numbers, 2).write_past(&mut cells, first);
            assert_eq!(cells[first..][..V::LANES], numbers[2..][..V::LANES]);
            let untouched = cells[..first].iter().chain(&cells[first + V::LANES..]);
            assert!(untouched.copied().all(|cell| cell == T::ZERO), "{first}");
        }
    }

    struct AllOf<'a>(&'a [f64]);

    impl Work for AllOf<'_> {
        const VECTORISES: bool = true;

        #[inline(always)]
        fn run<I: Isa>(self) {
            let singles = |numbers: &[f64]| -> Vec<f32> {
                numbers.iter().map(|number| *number as f32).collect()
            };
            let others: Vec<f64> = self.0.iter().rev().copied().collect();
            let (a, b) = (singles(self.0), singles(&others));
            agrees::<f32, <I::Block as Vectors>::F32>(&a, &b);
            agrees::<f32, <I::Single as Vectors>::F32>(&a, &b);
            agrees::<f64, <I::Block as Vectors>::F64>(self.0, &others);
            agrees::<f64, <I::Single as Vectors>::F64>(self.0, &others);
            stored::<f32, <I::Block as Vectors>::F32>(&a);
            stored::<f32, <I::Single as Vectors>::F32>(&a);
            stored::<f64, <I::Block as Vectors>::F64>(self.0);
            stored::<f64, <I::Single as Vectors>::F64>(self.0);
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
