//! How a rank waits for messages: awake as long as it has a core to itself, and letting others run where it has not.
//!
//! The waits of MPI's own calls would keep a core busy, which ranks that share cores cannot afford.

use std::thread;
use std::time::{Duration, Instant};

/// Looks before a rank that has a core to itself first lets others run.
const SPINS: usize = 4000;

/// How long a rank waits before it sleeps between two looks.
const AWAKE: Duration = Duration::from_millis(20);

/// A sleep between two looks: short beside what has been waited for by then.
const NAP: Duration = Duration::from_micros(50);

pub(super) struct Patience {
    spins: usize,
    looks: usize,
    since: Instant,
}

impl Patience {
    /// `crowded` says that ranks are more than cores.
    pub fn new(crowded: bool) -> Patience {
        Patience {
            spins: if crowded { 0 } else { SPINS },
            looks: 0,
            since: Instant::now(),
        }
    }

    /// How long it has been.
    pub fn waited(&self) -> Duration {
        self.since.elapsed()
    }

    /// Lets a moment pass.
    pub fn pause(&mut self) {
        self.looks += 1;
        if self.looks <= self.spins {
            std::hint::spin_loop();
        } else if !self.looks.is_multiple_of(16) || self.waited() < AWAKE {
            thread::yield_now();
        } else {
            thread::sleep(NAP);
        }
    }

    /// Whether it is time to look after rarer things.
    pub fn has_time(&self) -> bool {
        self.looks % 256 == 255
    }
}
