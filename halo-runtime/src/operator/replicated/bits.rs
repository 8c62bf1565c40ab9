//! Values that one rank each holds, made known to all without touching a bit of them.

use crate::{comm::Comm, error::Result, scalar::Element};

/// The bits of values on their way, as integers: a sum over all ranks to which one rank alone contributes is what that rank
/// wrote. Nothing is allocated once the room is there.
#[derive(Default)]
pub(super) struct Bits {
    words: Vec<i64>,
}

impl Bits {
    /// Collective: fills `all` with the values that the ranks hold, each given with its place by the one rank that holds it.
    /// One message of the size of all values.
    pub(super) fn share<S: Element>(
        &mut self,
        comm: &Comm,
        held: impl Iterator<Item = (usize, S)>,
        all: &mut [S],
    ) -> Result {
        let words = size_of::<S>().div_ceil(size_of::<i64>());
        self.words.clear();
        self.words.resize(all.len() * words, 0);
        let pitch = words * size_of::<i64>();
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.words);
        for (place, value) in held {
            let at = place * pitch;
            bytes[at..at + size_of::<S>()].copy_from_slice(bytemuck::bytes_of(&value));
        }
        comm.all_reduce_sum(&mut self.words)?;
        let bytes: &[u8] = bytemuck::cast_slice(&self.words);
        for (value, bytes) in all.iter_mut().zip(bytes.chunks_exact(pitch)) {
            *value = bytemuck::pod_read_unaligned(&bytes[..size_of::<S>()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_all;

    #[test]
    fn no_bit_is_lost() {
        let values = [-0.0_f32, f32::NAN, f32::MIN_POSITIVE / 2.0, -1.5];
        let found = launch_all(3, |comm| {
            let mut all = [0.0; 4];
            let mine = (0..4).filter(|k| k % 3 == comm.rank());
            Bits::default().share(comm, mine.map(|k| (k, values[k])), &mut all)?;
            Ok(all.map(f32::to_bits))
        });
        assert_eq!(found.unwrap(), vec![values.map(f32::to_bits); 3]);
    }
}
