//! Random choices that are the same at every run, and how many of them a run can afford.

/// A sequence of random numbers: SplitMix64, Steele, Lea and Flood 2014.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + (self.bits() % (high - low + 1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.between(0, 99) < percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.between(0, from.len() - 1)]
    }

    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for k in (1..values.len()).rev() {
            values.swap(k, self.between(0, k));
        }
    }
}

/// A number in [-1, 1) for a cell of a field.
pub fn noise(seed: u64, component: usize, cell: usize) -> f64 {
    let bits =
        Random::new(seed ^ ((component as u64) << 56) ^ (cell as u64).wrapping_mul(0x2545_f491))
            .bits();
    (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// How many random cases a property tries: `few`, or far more where `HALO_LONG=1` asks for it.
pub fn cases(few: usize) -> usize {
    match std::env::var_os("HALO_LONG") {
        Some(value) if value == "1" => 40 * few,
        _ => few,
    }
}
