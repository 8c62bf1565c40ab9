//! Medians of what two ranks do together.

use std::time::Instant;

use halo::{Comm, Result};

const ROUNDS: usize = 15;

/// Measures in turns, so that what disturbs the machine disturbs all alike.
pub struct Stopwatch<'a> {
    comm: &'a Comm,
    /// Repetitions in a round.
    times: usize,
}

impl<'a> Stopwatch<'a> {
    /// For something that moves about so many bytes.
    pub fn new(comm: &'a Comm, bytes: f64) -> Self {
        // A few milliseconds a round.
        let times = (5e6 / (bytes + 1e4)).clamp(3.0, 500.0) as usize;
        Stopwatch { comm, times }
    }

    /// Median microseconds of each, the slower rank's. Collective.
    pub fn medians<const N: usize>(
        &mut self,
        mut bodies: [&mut dyn FnMut() -> Result; N],
    ) -> Result<[f64; N]> {
        let mut samples = [(); N].map(|()| Vec::new());
        for _ in 0..=ROUNDS {
            for (body, samples) in bodies.iter_mut().zip(&mut samples) {
                self.comm.barrier()?;
                let start = Instant::now();
                for _ in 0..self.times {
                    body()?;
                }
                let mine = start.elapsed().as_nanos() as u64;
                let all = self.comm.all_gather(&mine.to_le_bytes())?;
                let slowest = all
                    .iter()
                    .filter_map(|bytes| Some(u64::from_le_bytes(bytes.as_slice().try_into().ok()?)))
                    .max();
                samples.push(slowest.unwrap_or(mine) as f64 * 1e-3 / self.times as f64);
            }
        }
        Ok(samples.map(|mut samples| {
            // The first round is for the caches.
            samples.remove(0);
            samples.sort_by(f64::total_cmp);
            samples[ROUNDS / 2]
        }))
    }
}
