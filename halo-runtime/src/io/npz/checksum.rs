//! The checksum of an array that lies on many ranks, without any rank seeing it whole.
//!
//! CRC-32 is linear but for a constant: that of a sum (xor) of messages is the sum of theirs, with that of zeros once for
//! each message beyond the first if their number is even. So each rank takes that of its own bytes with zeros elsewhere.

use crc32fast::Hasher;

/// Of a rank's bytes, with zeros before, between and after them.
pub(super) struct Checksum {
    value: u32,
    /// Bytes so far.
    position: u64,
    /// The last gaps between rows: there are few lengths.
    gaps: [Zeros; 2],
}

/// A run of zeros, as what it does to a checksum.
#[derive(Clone)]
struct Zeros {
    length: u64,
    /// What becomes of each bit.
    bits: [u32; 32],
    /// The checksum of the zeros alone.
    alone: u32,
}

impl Checksum {
    pub fn new() -> Self {
        Checksum {
            value: 0,
            position: 0,
            gaps: [Zeros::of(0), Zeros::of(0)],
        }
    }

    /// Adds bytes at a place, which is beyond those added before.
    pub fn add(&mut self, place: u64, bytes: &[u8]) {
        self.skip_to(place);
        let mut hasher = Hasher::new_with_initial(self.value);
        hasher.update(bytes);
        self.value = hasher.finalize();
        self.position = place + bytes.len() as u64;
    }

    /// With zeros up to this length.
    pub fn finish(mut self, length: u64) -> u32 {
        self.skip_to(length);
        self.value
    }

    /// The checksum of the sum of the messages, each of this length, that these are the checksums of.
    pub fn of_all(ranks: &[u32], length: u64) -> u32 {
        let sum = ranks.iter().fold(0, |sum, rank| sum ^ rank);
        match ranks.len() % 2 {
            0 => sum ^ Zeros::of(length).alone,
            _ => sum,
        }
    }

    fn skip_to(&mut self, place: u64) {
        let length = place - self.position;
        if self.gaps[0].length != length {
            self.gaps.swap(0, 1);
        }
        if self.gaps[0].length != length {
            self.gaps[0] = Zeros::of(length);
        }
        self.value = self.gaps[0].after(self.value);
        self.position = place;
    }
}

impl Zeros {
    fn of(length: u64) -> Self {
        Zeros {
            length,
            bits: std::array::from_fn(|bit| {
                let mut message = Hasher::new_with_initial_len(1 << bit, 0);
                message.combine(&Hasher::new_with_initial_len(0, length));
                message.finalize()
            }),
            alone: Zeros::checksum(length),
        }
    }

    /// The checksum of so many zeros, by doubling.
    fn checksum(length: u64) -> u32 {
        let mut all = Hasher::new();
        let mut run = Hasher::new();
        run.update(&[0]);
        let mut rest = length;
        while rest > 0 {
            if rest % 2 == 1 {
                all.combine(&run);
            }
            let half = run.clone();
            run.combine(&half);
            rest /= 2;
        }
        all.finalize()
    }

    /// The checksum of a message with the zeros after it.
    fn after(&self, message: u32) -> u32 {
        if self.length == 0 {
            return message;
        }
        let bits = self.bits.iter().enumerate();
        bits.fold(self.alone, |sum, (bit, image)| {
            sum ^ (image & (message >> bit & 1).wrapping_neg())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_checksum_of_the_whole() {
        let whole: Vec<u8> = (0..1000u32).map(|k| ((k * k) >> 3) as u8).collect();
        for ranks in 1..6 {
            // Rows of 10 bytes, dealt out in turn; nothing at the end for some.
            let part = |rank: usize| {
                let mut checksum = Checksum::new();
                for (row, bytes) in whole.chunks(10).enumerate() {
                    if row % ranks == rank && row != 99 || rank == 0 && row == 99 {
                        checksum.add(10 * row as u64, bytes);
                    }
                }
                checksum.finish(1000)
            };
            let parts: Vec<u32> = (0..ranks).map(part).collect();
            let expected = crc32fast::hash(&whole);
            assert_eq!(Checksum::of_all(&parts, 1000), expected, "{ranks} ranks");
        }
        assert_eq!(Zeros::checksum(777), crc32fast::hash(&[0; 777]));
    }
}
