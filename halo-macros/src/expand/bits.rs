//! A set of small numbers, as bits: a large kernel's schedule has many sets of many values.

#[derive(Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn insert(&mut self, number: usize) {
        if self.words.len() <= number / 64 {
            self.words.resize(number / 64 + 1, 0);
        }
        self.words[number / 64] |= 1 << (number % 64);
    }

    pub fn unite(&mut self, other: &Bits) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        let both = self.words.iter_mut().zip(&other.words);
        both.for_each(|(a, b)| *a |= b);
    }

    pub fn intersection(&self, other: &Bits) -> Bits {
        let both = self.words.iter().zip(&other.words);
        Bits {
            words: both.map(|(a, b)| a & b).collect(),
        }
    }

    /// Whether all of `other` is in it.
    pub fn contains(&self, other: &Bits) -> bool {
        let word = |k: usize| self.words.get(k).copied().unwrap_or(0);
        let mut words = other.words.iter().enumerate();
        words.all(|(k, other)| other & !word(k) == 0)
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().enumerate();
        words.flat_map(|(k, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| 64 * k + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    fn bits(numbers: &[usize]) -> Bits {
        let mut bits = Bits::default();
        numbers.iter().for_each(|number| bits.insert(*number));
        bits
    }

    #[test]
    fn sets_of_different_lengths_meet() {
        let (few, many) = (bits(&[0, 63]), bits(&[3, 63, 64, 200]));
        let mut both = few.clone();
        both.unite(&many);
        assert_eq!(both.iter().collect::<Vec<_>>(), [0, 3, 63, 64, 200]);
        assert_eq!(many.intersection(&few).iter().collect::<Vec<_>>(), [63]);
        assert!(
            both.contains(&many)
                && both.contains(&few)
                && !few.contains(&many)
                && !many.contains(&few)
        );
    }
}
