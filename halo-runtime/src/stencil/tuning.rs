//! How an operator is computed, never what: the choices of a sweep, with defaults for this machine.

use std::fmt;
use std::sync::OnceLock;

use crate::{comm::Comm, error::Result, stencil::InstructionSet};

/// How the sweeps of an operator run; the bits of a result never depend on it.
///
/// The defaults suit the machine: read them with [`StencilOperator::tuning`](crate::StencilOperator::tuning), change them with
/// [`StencilOperator::tune`](crate::StencilOperator::tune).
///
/// ```
/// use halo::{prelude::*, stencil::Tuning};
///
/// let tuning = Tuning::new(&Comm::solo())?;
/// println!("{tuning}"); // avx2, 8 threads; beyond 32768 KiB fetching 3072 bytes ahead, storing past the caches
/// # assert!(tuning.to_string().contains("thread"));
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tuning {
    /// What rows are compiled for; from `HALO_ISA`, or the widest there is.
    pub instruction_set: InstructionSet,
    /// Worker threads of this rank, at least 1; those of [`Comm::threads`](crate::Comm::threads).
    pub threads: usize,
    /// Whether messages travel while the points are computed that need none.
    pub overlap: bool,
    /// Bytes of the last-level cache that a rank may count on. A sweep over more than that fetches ahead what it reads and
    /// stores its output past the caches.
    pub cache: usize,
    /// How many bytes ahead a sweep over more than the cache fetches what it reads, of all fields together; 0 leaves it to the
    /// processor.
    pub fetch_ahead: usize,
    /// Whether a sweep over more than the cache stores its output past the caches.
    pub store_past_caches: bool,
    /// How many steps of a [repeated](crate::StencilOperator::repeat) application are taken in one pass over memory; none
    /// for as many as pay with this cache.
    pub steps_per_pass: Option<usize>,
}

impl Tuning {
    /// The defaults of a rank.
    ///
    /// # Errors
    /// [`Error::Environment`](crate::Error::Environment) for values of `HALO_ISA` and `HALO_THREADS` that mean nothing.
    pub fn new(comm: &Comm) -> Result<Self> {
        let threads = comm.threads()?;
        let Cache { bytes, cores } = Cache::last_level();
        Ok(Tuning {
            instruction_set: InstructionSet::from_environment()?,
            threads,
            overlap: true,
            cache: bytes / cores * threads,
            fetch_ahead: 3072,
            store_past_caches: true,
            steps_per_pass: None,
        })
    }
}

impl fmt::Display for Tuning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tuning {
            instruction_set,
            threads,
            overlap,
            cache,
            fetch_ahead,
            store_past_caches,
            steps_per_pass,
        } = self;
        let plural = if *threads == 1 { "" } else { "s" };
        write!(f, "{instruction_set}, {threads} thread{plural}")?;
        if !overlap {
            f.write_str(", messages before the sweep")?;
        }
        write!(f, "; beyond {} KiB", cache >> 10)?;
        match fetch_ahead {
            0 => f.write_str(" fetching left to the processor")?,
            bytes => write!(f, " fetching {bytes} bytes ahead")?,
        }
        match store_past_caches {
            true => f.write_str(", storing past the caches")?,
            false => f.write_str(", storing through the caches")?,
        }
        match steps_per_pass {
            Some(steps) => write!(f, ", {steps} steps a pass"),
            None => Ok(()),
        }
    }
}

/// The cache furthest from a core.
#[derive(Clone, Copy)]
struct Cache {
    bytes: usize,
    /// That share it.
    cores: usize,
}

impl Cache {
    /// What the system tells of it; a common size where it tells nothing.
    fn last_level() -> Cache {
        static CACHE: OnceLock<Cache> = OnceLock::new();
        *CACHE.get_or_init(|| {
            let levels = (0..8).filter_map(|level| {
                let folder = format!("/sys/devices/system/cpu/cpu0/cache/index{level}");
                let read = |file| std::fs::read_to_string(format!("{folder}/{file}")).ok();
                Some(Cache {
                    bytes: size(&read("size")?)?,
                    cores: members(&read("shared_cpu_list")?)?,
                })
            });
            levels.max_by_key(|cache| cache.bytes).unwrap_or(Cache {
                bytes: 2 << 20,
                cores: 1,
            })
        })
    }
}

/// `32768K` or `32M` in bytes.
fn size(text: &str) -> Option<usize> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let shift = match unit {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return None,
    };
    let number: usize = text[..text.len() - unit.len()].parse().ok()?;
    number.checked_mul(1 << shift)
}

/// How many a list such as `0-3,8` names.
fn members(list: &str) -> Option<usize> {
    let count = |range: &str| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let [first, last]: [usize; 2] = [first.parse().ok()?, last.parse().ok()?];
        (last + 1).checked_sub(first)
    };
    let counts: Option<Vec<usize>> = list.trim().split(',').map(count).collect();
    counts
        .map(|counts| counts.iter().sum())
        .filter(|&sum| sum > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_system_are_understood() {
        assert_eq!(size("32768K\n"), Some(32 << 20));
        assert_eq!(size("2M"), Some(2 << 20));
        assert_eq!(size("many"), None);
        assert_eq!(members("0-3,8\n"), Some(5));
        assert_eq!(members("7"), Some(1));
        assert_eq!(members(""), None);
        assert!(Cache::last_level().bytes > 0);
    }

    #[test]
    fn choices_read_as_a_sentence() {
        let tuning = Tuning {
            instruction_set: InstructionSet::Baseline,
            threads: 2,
            overlap: false,
            cache: 32 << 20,
            fetch_ahead: 3072,
            store_past_caches: true,
            steps_per_pass: Some(4),
        };
        assert_eq!(
            tuning.to_string(),
            "baseline, 2 threads, messages before the sweep; beyond 32768 KiB fetching 3072 bytes ahead, storing past the caches, \
             4 steps a pass"
        );
    }
}
