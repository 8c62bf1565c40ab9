//! Runs row bodies on the widest instruction set the processor has.
//!
//! A row body is spelled once, in safe code; here it is compiled once per instruction set and one is chosen at run time.
//! Instruction sets change speed only: nothing is contracted or reassociated, so the bits are the same on each.

use super::InstructionSet;
#[cfg(target_arch = "x86_64")]
use super::vector::{Avx2, Avx512, Sse2 as Baseline};
#[cfg(not(target_arch = "x86_64"))]
use crate::scalar::OneByOne as Baseline;
use crate::scalar::Vectors;

/// Work that is compiled once per instruction set.
pub(crate) trait Work {
    /// Whether wider vectors make it faster; if not, it is compiled for the baseline alone.
    const VECTORISES: bool;

    /// Must be `#[inline(always)]`, so that it takes on the instruction set of its caller.
    ///
    /// Its vectors are those of that set, as many as a loop does at a time.
    fn run<B: Vectors>(self);
}

/// An instruction set that this processor has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispatch(InstructionSet);

impl Dispatch {
    /// The set itself, or the widest one there is if this processor lacks it.
    pub(crate) fn new(set: InstructionSet) -> Self {
        Dispatch(set.min(InstructionSet::detect()))
    }

    pub(crate) fn instruction_set(self) -> InstructionSet {
        self.0
    }

    /// Bytes of the vectors that a loop does at a time.
    pub(crate) fn block_bytes(self) -> usize {
        const fn bytes<V: Vectors>() -> usize {
            size_of::<V::F64>()
        }
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => bytes::<Avx2>(),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => bytes::<Avx512>(),
            _ => bytes::<Baseline>(),
        }
    }

    /// Runs the work compiled for the instruction set.
    #[inline]
    pub(crate) fn run<W: Work>(self, work: W) {
        if !W::VECTORISES {
            return run_baseline(work);
        }
        match self.0 {
            InstructionSet::Baseline => run_baseline(work),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `run_avx2` requires AVX2; `new` lets no set pass that was not detected on this processor.
            InstructionSet::Avx2 => unsafe { run_avx2(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `run_avx512` requires AVX-512 F; `new` lets no set pass that was not detected on this processor.
            InstructionSet::Avx512 => unsafe { run_avx512(work) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => run_baseline(work),
        }
    }
}

// One function per set, inlined into nothing: the loop in it has all registers to itself.

#[inline(never)]
fn run_baseline(work: impl Work) {
    work.run::<Baseline>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2(work: impl Work) {
    work.run::<Avx2>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512(work: impl Work) {
    work.run::<Avx512>();
}
