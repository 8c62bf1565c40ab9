//! Runs row bodies on the widest instruction set the processor has.
//!
//! A row body is spelled once, in safe code; here it is compiled once per instruction set and one is chosen at run time.
//! Instruction sets change speed only: nothing is contracted or reassociated, so the bits are the same on each.

#![allow(unsafe_code)]

use std::sync::OnceLock;

use crate::error::{Error, Result};

/// The instruction sets a row body is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InstructionSet {
    /// What the target guarantees (SSE2 on x86-64).
    Baseline,
    /// AVX2, 256-bit vectors.
    Avx2,
    /// AVX-512 F, 512-bit vectors.
    Avx512,
}

/// Work that is compiled once per instruction set.
pub(crate) trait Work {
    /// Whether wider vectors make it faster; if not, it is compiled for the baseline alone.
    const VECTORISES: bool;

    /// Must be `#[inline(always)]`, so that it takes on the instruction set of its caller.
    fn run(self);
}

/// An instruction set that this processor has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dispatch(InstructionSet);

impl Dispatch {
    /// The set itself, or the widest one there is if this processor lacks it.
    pub(crate) fn new(set: InstructionSet) -> Self {
        Dispatch(set.min(InstructionSet::detect()))
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
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2(work: impl Work) {
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn run_avx512(work: impl Work) {
    work.run();
}

impl InstructionSet {
    /// The widest one this processor has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = std::arch::is_x86_feature_detected!("avx2");
            if avx2 && std::arch::is_x86_feature_detected!("avx512f") {
                return InstructionSet::Avx512;
            }
            if avx2 {
                return InstructionSet::Avx2;
            }
        }
        InstructionSet::Baseline
    }

    /// The one that `HALO_ISA` (`baseline`, `avx2`, `avx512`) asks for, else the widest.
    ///
    /// # Errors
    /// [`Error::Environment`] for another word, or for a set this processor lacks.
    pub fn from_environment() -> Result<Self> {
        static CHOICE: OnceLock<Result<InstructionSet>> = OnceLock::new();
        CHOICE
            .get_or_init(|| Self::choose(std::env::var("HALO_ISA").ok().as_deref()))
            .clone()
    }

    fn choose(word: Option<&str>) -> Result<Self> {
        let widest = Self::detect();
        let wrong = |value: &str, message: String| {
            Err(Error::Environment {
                variable: "HALO_ISA",
                value: value.into(),
                message,
            })
        };
        let chosen = match word {
            None | Some("") => widest,
            Some("baseline") => InstructionSet::Baseline,
            Some("avx2") => InstructionSet::Avx2,
            Some("avx512") => InstructionSet::Avx512,
            Some(other) => return wrong(other, "use baseline, avx2 or avx512".into()),
        };
        if chosen > widest {
            let message = format!("this processor has {widest:?} at most");
            return wrong(word.unwrap_or_default(), message);
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_choose_and_wrong_words_are_named() {
        assert_eq!(InstructionSet::choose(None), Ok(InstructionSet::detect()));
        assert_eq!(
            InstructionSet::choose(Some("baseline")),
            Ok(InstructionSet::Baseline)
        );
        let error = InstructionSet::choose(Some("neon"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("HALO_ISA") && error.contains("neon"),
            "{error}"
        );
    }
}
