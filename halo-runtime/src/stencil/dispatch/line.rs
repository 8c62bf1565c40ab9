//! Cache lines on their way: asked for before they are needed, and written to memory past the caches.
//!
//! Both are matters of speed alone. A line that is written as a whole past the caches is not read first, which saves a third
//! of the traffic of a sweep; one that is soon needed again should stay in the cache instead, so the caller chooses.

use std::cell::Cell;

use crate::scalar::Arithmetic;

use super::{Dispatch, InstructionSet};

/// Bytes of a cache line.
pub(crate) const LINE: usize = 64;

/// Asks for the lines of so many bytes from an address on, which need not exist.
#[inline(always)]
pub(crate) fn fetch(start: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        let mut line = 0;
        while line < bytes {
            // SAFETY: the instruction belongs to every x86-64 processor and is a hint: no address makes it fail.
            unsafe {
                use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
                _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(line).cast());
            }
            line += LINE;
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (start, bytes);
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// Through the caches.
    Plain,
    /// Added to what is there.
    Added,
    /// Past them, in units that every processor of the target has.
    Past,
    /// Past them, in units of AVX.
    #[cfg(target_arch = "x86_64")]
    PastAvx(Avx),
}

/// This processor has AVX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx(());

impl Stores {
    /// Past the caches, as wide as the processor has them.
    pub(crate) fn past(dispatch: Dispatch) -> Self {
        match dispatch.instruction_set() {
            InstructionSet::Baseline => Stores::Past,
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 | InstructionSet::Avx512 => Stores::PastAvx(Avx(())),
            #[cfg(not(target_arch = "x86_64"))]
            _ => Stores::Past,
        }
    }

    /// Whether lines are better stored as a whole.
    #[inline(always)]
    pub(crate) fn are_past(self) -> bool {
        !matches!(self, Stores::Plain | Stores::Added)
    }

    /// Stores values into the first cells; whole lines go the way that is chosen.
    ///
    /// # Panics
    /// When there are fewer cells.
    #[inline(always)]
    pub(crate) fn store<V: Arithmetic, const N: usize>(
        self,
        values: &[V::Number; N],
        cells: &[Cell<V::Number>],
    ) {
        if self == Stores::Added {
            for k in 0..N {
                (V::read_own(cells, k) + V::read(values, k)).write(cells, k);
            }
            return;
        }
        let cells: &[Cell<V::Number>; N] = cells.first_chunk().expect("as many cells as values");
        let lines = const { (N * size_of::<V::Number>()).is_multiple_of(LINE) };
        if self == Stores::Plain || !lines || !cells.as_ptr().addr().is_multiple_of(LINE) {
            for (cell, value) in cells.iter().zip(values) {
                cell.set(*value);
            }
            return;
        }
        #[cfg(target_arch = "x86_64")]
        {
            match self {
                // SAFETY: whole lines, and the cells begin with one; `Avx` is made where the processor was seen to have it.
                Stores::PastAvx(_) => unsafe { stream_avx::<V::Number, N>(values, cells) },
                // SAFETY: as before; SSE2 belongs to every x86-64 processor.
                _ => unsafe { stream_sse2::<V::Number, N>(values, cells) },
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        for (cell, value) in cells.iter().zip(values) {
            cell.set(*value);
        }
    }

    /// Stores lanes one after the other into the cells from one on; whole lines go the way that is chosen.
    ///
    /// # Panics
    /// When there are fewer cells.
    #[inline(always)]
    pub(crate) fn write<V: Arithmetic, const N: usize>(
        self,
        values: [V; N],
        cells: &[Cell<V::Number>],
        first: usize,
    ) {
        let places = |number: usize| first + number * V::LANES;
        match self {
            Stores::Plain => {
                for (number, value) in values.into_iter().enumerate() {
                    value.write(cells, places(number));
                }
            }
            Stores::Added => {
                for (number, value) in values.into_iter().enumerate() {
                    let place = places(number);
                    (V::read_own(cells, place) + value).write(cells, place);
                }
            }
            _ => {
                for (number, value) in values.into_iter().enumerate() {
                    value.write_past(cells, places(number));
                }
            }
        }
    }

    /// Makes what was stored visible to other threads in the order of the program.
    pub(crate) fn finish(self) {
        #[cfg(target_arch = "x86_64")]
        if self.are_past() {
            // SAFETY: the instruction belongs to every x86-64 processor.
            unsafe { std::arch::x86_64::_mm_sfence() }
        }
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! stream {
    ($name:ident, $feature:literal, $vector:ident, $load:ident, $stream:ident) => {
        /// # Safety
        /// The processor has the feature; N values are a whole number of lines, and `to` is aligned to one.
        #[target_feature(enable = $feature)]
        #[inline]
        unsafe fn $name<S, const N: usize>(from: &[S; N], to: &[Cell<S>; N]) {
            use std::arch::x86_64::{$load, $stream, $vector};
            let (from, to) = (
                from.as_ptr().cast::<$vector>(),
                to.as_ptr().cast_mut().cast::<$vector>(),
            );
            for k in 0..N * size_of::<S>() / size_of::<$vector>() {
                // SAFETY: both have so many vectors; `to` is aligned to a line, and with it to a vector.
                unsafe { $stream(to.add(k), $load(from.add(k))) }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
stream!(
    stream_sse2,
    "sse2",
    __m128i,
    _mm_loadu_si128,
    _mm_stream_si128
);
#[cfg(target_arch = "x86_64")]
stream!(
    stream_avx,
    "avx",
    __m256i,
    _mm256_loadu_si256,
    _mm256_stream_si256
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Stores 16 numbers from a cell on.
    fn stored(stores: Stores, start: usize) {
        let values: [f64; 16] = std::array::from_fn(|k| k as f64 + 1.0);
        let mut cells = vec![0.0; 40];
        let own = Cell::from_mut(&mut cells[start..]).as_slice_of_cells();
        stores.store::<f64, 16>(&values, own);
        stores.finish();
        assert_eq!(cells[start..start + 16], values, "{stores:?} {start}");
        let mut around = cells[..start].iter().chain(&cells[start + 16..]);
        assert!(around.all(|&cell| cell == 0.0), "{stores:?} {start}");
    }

    #[test]
    fn every_cell_is_stored_whatever_the_alignment() {
        let past = [InstructionSet::Baseline, InstructionSet::detect()];
        let [a, b] = past.map(|set| Stores::past(Dispatch::new(set)));
        for stores in [Stores::Plain, a, b] {
            (0..24).for_each(|start| stored(stores, start));
        }
    }
}
