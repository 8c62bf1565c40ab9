//! The instruction sets that rows are compiled for, and which one is used.

use std::fmt;
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
            let message = format!("this processor has {widest} at most");
            return wrong(word.unwrap_or_default(), message);
        }
        Ok(chosen)
    }
}

impl fmt::Display for InstructionSet {
    /// The word of `HALO_ISA`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InstructionSet::Baseline => "baseline",
            InstructionSet::Avx2 => "avx2",
            InstructionSet::Avx512 => "avx512",
        })
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
