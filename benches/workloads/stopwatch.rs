//! Seconds of what all ranks do together.

use std::time::Instant;

use halo::{Comm, Error, Result};

/// The times of several applications.
pub struct Seconds {
    sorted: Vec<f64>,
}

impl Seconds {
    /// Measures an application again and again, each from a state that is prepared outside the clock; the first is for the
    /// caches. What counts is the slowest rank. Collective.
    pub fn of<S>(
        comm: &Comm,
        repeats: usize,
        state: &mut S,
        mut prepare: impl FnMut(&mut S) -> Result,
        mut apply: impl FnMut(&mut S) -> Result,
    ) -> Result<Seconds> {
        let mut mine = Vec::new();
        for _ in 0..=repeats {
            prepare(state)?;
            comm.barrier()?;
            let start = Instant::now();
            apply(state)?;
            mine.extend(start.elapsed().as_secs_f64().to_le_bytes());
        }
        let ranks = comm.all_gather(&mine)?;
        let second = |bytes: &[u8], repeat: usize| {
            let (seconds, _) = bytes.as_chunks::<8>();
            seconds.get(repeat).copied().map_or(0.0, f64::from_le_bytes)
        };
        let slowest = |repeat| {
            let seconds = ranks.iter().map(|bytes| second(bytes, repeat));
            seconds.fold(0.0, f64::max)
        };
        let mut sorted: Vec<_> = (1..=repeats).map(slowest).collect();
        sorted.sort_by(f64::total_cmp);
        match sorted.is_empty() {
            true => Err(Error::Invalid("nothing was to be measured".into())),
            false => Ok(Seconds { sorted }),
        }
    }

    /// Where an application was of many steps: those of one.
    pub fn per(mut self, steps: usize) -> Seconds {
        self.sorted
            .iter_mut()
            .for_each(|seconds| *seconds /= steps as f64);
        self
    }

    pub fn median(&self) -> f64 {
        let (half, count) = (self.sorted.len() / 2, self.sorted.len());
        match count % 2 {
            0 => (self.sorted[half - 1] + self.sorted[half]) / 2.0,
            _ => self.sorted[half],
        }
    }

    pub fn least(&self) -> f64 {
        self.sorted[0]
    }

    pub fn repeats(&self) -> usize {
        self.sorted.len()
    }
}
