//! Reproducible random bits by position: no generator has a state to share or to split between ranks.

/// Random bits that depend on a seed, a component and a position only.
///
/// Source: the finalizer of SplitMix64 (Steele, Lea and Flood, *Fast splittable pseudorandom number generators*, 2014).
#[derive(Clone, Copy)]
pub(crate) struct Noise {
    key: u64,
}

impl Noise {
    /// The noise of one component (the place of a field in a tuple) under a seed.
    pub(crate) fn new(seed: u64, component: u64) -> Self {
        Noise {
            key: mix(mix(seed).wrapping_add(component)),
        }
    }

    /// Twice sixty-four bits for a position; the second half costs nothing where it is not used.
    #[inline]
    pub(crate) fn bits(self, position: u64) -> [u64; 2] {
        let bits = mix(self.key.wrapping_add(position));
        [bits, mix(bits)]
    }
}

#[inline]
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_outputs_are_those_of_splitmix64() {
        // Seed 0 of the reference implementation.
        assert_eq!(mix(0), 0xe220_a839_7b1d_cdaf);
        assert_eq!(mix(1), 0x6e78_9e6a_a1b9_65f4);
    }

    #[test]
    fn seeds_components_and_positions_all_matter() {
        let bits = Noise::new(1, 0).bits(0);
        assert_ne!(bits, Noise::new(2, 0).bits(0));
        assert_ne!(bits, Noise::new(1, 1).bits(0));
        assert_ne!(bits, Noise::new(1, 0).bits(1));
        let ones: u32 = (0..1000)
            .map(|position| Noise::new(7, 0).bits(position)[0].count_ones())
            .sum();
        assert!(
            (31_000..33_000).contains(&ones),
            "{ones} of 64000 bits are set"
        );
    }
}
