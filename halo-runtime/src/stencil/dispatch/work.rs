//! Runs row bodies on the widest instruction set the processor has.
//!
//! A row body is spelled once, in safe code; here it is compiled once per instruction set and one is chosen at run time.
//! Instruction sets change speed only: nothing is contracted or reassociated, so the bits are the same on each.

use super::InstructionSet;
#[cfg(target_arch = "x86_64")]
use super::vector::{Avx2, Avx2Block, Avx512, Avx512Block, Sse2, Sse2Block};
#[cfg(not(target_arch = "x86_64"))]
use crate::scalar::OneByOne;
use crate::scalar::Vectors;

/// Work that is compiled once per instruction set.
pub(crate) trait Work {
    /// Whether wider vectors make it faster; if not, it is compiled for the baseline alone.
    const VECTORISES: bool;

    /// Must be `#[inline(always)]`, so that it takes on the instruction set of its caller.
    fn run<I: Isa>(self);
}

/// The vectors of an instruction set, for as many points as a loop does at a time and for fewer.
pub(crate) trait Isa {
    /// Several vectors.
    type Block: Vectors;
    /// One vector.
    type Single: Vectors;
}

macro_rules! isa {
    ($name:ident, $block:ident, $single:ident) => {
        struct $name;

        impl Isa for $name {
            type Block = $block;
            type Single = $single;
        }
    };
}

#[cfg(not(target_arch = "x86_64"))]
isa!(Baseline, OneByOne, OneByOne);
#[cfg(target_arch = "x86_64")]
isa!(Baseline, Sse2Block, Sse2);
#[cfg(target_arch = "x86_64")]
isa!(Wide, Avx2Block, Avx2);
#[cfg(target_arch = "x86_64")]
isa!(Wider, Avx512Block, Avx512);

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
    work.run::<Wide>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512(work: impl Work) {
    work.run::<Wider>();
}
