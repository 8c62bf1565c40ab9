//! Bytes of any number as the whole words that MPI sends: their length, then themselves.

/// The words of a message.
pub(super) fn seal(bytes: &[u8]) -> Vec<u64> {
    let mut words = vec![0; 1 + bytes.len().div_ceil(size_of::<u64>())];
    words[0] = bytes.len() as u64;
    bytemuck::cast_slice_mut(&mut words[1..])[..bytes.len()].copy_from_slice(bytes);
    words
}

/// How many words a message has whose first word is given.
pub(super) fn words(first: &[u64]) -> usize {
    let bytes = first.first().copied().unwrap_or_default();
    1 + bytes.div_ceil(size_of::<u64>() as u64) as usize
}

/// The bytes of a message; fewer where words are missing.
pub(super) fn open(words: &[u64]) -> &[u8] {
    let Some((length, words)) = words.split_first() else {
        return &[];
    };
    let bytes: &[u8] = bytemuck::cast_slice(words);
    &bytes[..bytes.len().min(*length as usize)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened() {
        for length in [0, 1, 7, 8, 9, 64] {
            let bytes: Vec<u8> = (0..length).collect();
            let sealed = seal(&bytes);
            assert_eq!(open(&sealed), bytes);
            assert_eq!(words(&sealed), sealed.len());
        }
        assert!(open(&[]).is_empty() && open(&[9]).is_empty());
    }
}
