//! The exact sum: promise 3 asks for the same bits from every order of addition, and only a sum without rounding has them.
//! Every product of two doubles is an integer multiple of 2^-2148 below 2^2048, so one wide integer holds any sum of
//! products; it is rounded once, when it is read. It relies on integer arithmetic alone, never on the rounding mode.

/// Bits of a limb; limbs are held in `i64`, so that limbs of many ranks can be added before carries are moved.
const LIMB_BITS: usize = 32;
/// 136 limbs span 2^-2150 to 2^2202: every product, and 2^150 of the largest.
const LIMBS: usize = 136;
/// Exponent of the lowest bit of the wide integer.
const LOWEST: i32 = -2150;
/// Products whose exponents agree up to their lowest three bits share a bin: 512 bins, 8 KiB, near to the processor.
const BIN_SHIFT: usize = 3;
const BINS: usize = 512;
/// A product takes 106 bits and is moved up by at most 7: a signed bin of 128 bits takes 2^14 of them.
const BIN_CAPACITY: usize = 1 << 14;

const MANTISSA: u64 = (1 << 52) - 1;
const INFINITE_EXPONENT: usize = 0x7ff;

/// A sum of doubles, and of products of two doubles, without any rounding until it is read.
///
/// The result does not depend on the order of the additions nor on how they were split between sums that were merged.
/// It is the exact value rounded once, to nearest and ties to even. An exact zero reads `+0.0` whatever the signs of the
/// zeros added. A NaN, infinities of both signs or `0 * inf` read NaN; infinities of one sign read that infinity;
/// a finite sum beyond the largest double reads as an infinity although no partial sum can overflow.
///
/// Cost: about four nanoseconds a product, 9 KiB, no allocation.
///
/// Source: R. M. Neal, *Fast exact summation using small and large superaccumulators*, arXiv:1505.05571, here for products.
///
/// ```
/// use halo::ExactSum;
/// let mut sum = ExactSum::new();
/// for x in [1e300, 1.0, -1e300] {
///     sum.add(x);
/// }
/// assert_eq!(sum.value(), 1.0);
/// ```
#[derive(Clone)]
pub struct ExactSum {
    /// Recent products, in units of 2^(LOWEST + 8 * index).
    bins: [i128; BINS],
    /// Products added to `bins` since they were last emptied.
    in_bins: usize,
    /// The wide integer: all but the last limb within 0..2^32, the last one signed.
    limbs: [i64; LIMBS],
    /// How many infinities below zero, infinities above zero and NaNs were added.
    special: [i64; 3],
}

impl ExactSum {
    /// Length in words of what ranks exchange, see [`ExactSum::words`].
    pub const WORDS: usize = LIMBS + 3;

    /// The empty sum, zero.
    pub fn new() -> Self {
        ExactSum {
            bins: [0; BINS],
            in_bins: 0,
            limbs: [0; LIMBS],
            special: [0; 3],
        }
    }

    /// Adds one number.
    pub fn add(&mut self, value: f64) {
        self.add_product(value, 1.0);
    }

    /// Adds the exact product of two numbers.
    pub fn add_product(&mut self, x: f64, y: f64) {
        self.make_room();
        self.in_bins += 1;
        self.put(x, y);
    }

    /// Adds the exact products of two sequences, element by element, as far as the shorter one goes.
    pub fn add_products(&mut self, pairs: impl ExactSizeIterator<Item = (f64, f64)>) {
        let mut pairs = pairs;
        while pairs.len() > 0 {
            self.make_room();
            let count = pairs.len().min(BIN_CAPACITY - self.in_bins);
            self.in_bins += count;
            for (x, y) in pairs.by_ref().take(count) {
                self.put(x, y);
            }
        }
    }

    /// Adds all that another sum holds.
    pub fn merge(&mut self, other: &ExactSum) {
        let mut words = self.words();
        for (word, more) in words.iter_mut().zip(other.words()) {
            *word += more;
        }
        *self = ExactSum::from_words(&words);
    }

    /// The sum as integers that may be added word by word, for up to 2^30 sums, before [`ExactSum::from_words`] reads them.
    pub fn words(&self) -> [i64; Self::WORDS] {
        let mut words = [0; Self::WORDS];
        words[..LIMBS].copy_from_slice(&self.emptied());
        words[LIMBS..].copy_from_slice(&self.special);
        words
    }

    /// The sum whose words, or word-wise sums of words, these are.
    pub fn from_words(words: &[i64; Self::WORDS]) -> Self {
        let mut sum = ExactSum::new();
        sum.limbs.copy_from_slice(&words[..LIMBS]);
        sum.special.copy_from_slice(&words[LIMBS..]);
        carry(&mut sum.limbs);
        sum
    }

    /// The exact value rounded to the nearest double, ties to even.
    pub fn value(&self) -> f64 {
        if let Some(special) = self.special_value() {
            return special;
        }
        let (negative, magnitude) = magnitude(self.emptied());
        // Below this bit lies less than the smallest subnormal number.
        let subnormal = -1074 - LOWEST;
        let (mantissa, low) = rounded(&magnitude, subnormal as usize);
        let exponent = low as i32 - subnormal;
        let size = if exponent > 2045 {
            f64::INFINITY
        } else {
            // The leading bit of a normal mantissa adds one to the exponent, and so does a carry out of rounding,
            // which takes the largest double to the infinity.
            f64::from_bits(((exponent as u64) << 52) + mantissa)
        };
        if negative { -size } else { size }
    }

    /// The square root of the sum, for norms: of squares too large or too small for a double as well.
    ///
    /// Equals `value().sqrt()` wherever `value()` neither overflows nor underflows. A negative sum gives NaN.
    pub fn root(&self) -> f64 {
        if let Some(special) = self.special_value() {
            return special.sqrt();
        }
        let (negative, magnitude) = magnitude(self.emptied());
        let (mantissa, low) = rounded(&magnitude, 0);
        if mantissa == 0 {
            return 0.0;
        }
        if negative {
            return f64::NAN;
        }
        let exponent = low as i32 + LOWEST;
        let odd = exponent.rem_euclid(2);
        let root = ((mantissa << odd) as f64).sqrt();
        // Two steps, for one alone may leave the range of doubles.
        let half = (exponent - odd) / 2;
        root * power_of_two(half / 2) * power_of_two(half - half / 2)
    }

    /// Adds a product to the bin of its exponent; the caller has seen to the room.
    #[inline(always)]
    fn put(&mut self, x: f64, y: f64) {
        let (x_bits, y_bits) = (x.to_bits(), y.to_bits());
        let (x_exponent, y_exponent) = (exponent(x_bits), exponent(y_bits));
        if x_exponent == INFINITE_EXPONENT || y_exponent == INFINITE_EXPONENT {
            return self.put_special(x * y);
        }
        let exponent = x_exponent.max(1) + y_exponent.max(1);
        let sign = (x_bits ^ y_bits) as i64 >> 63;
        let moved = (mantissa(x_bits) << (exponent & ((1 << BIN_SHIFT) - 1))) as i64;
        let product = i128::from((moved ^ sign) - sign) * i128::from(mantissa(y_bits) as i64);
        let bin = &mut self.bins[(exponent >> BIN_SHIFT) % BINS];
        *bin = bin.wrapping_add(product);
    }

    #[cold]
    fn put_special(&mut self, value: f64) {
        let kind = if value == f64::NEG_INFINITY {
            0
        } else if value == f64::INFINITY {
            1
        } else {
            2
        };
        self.special[kind] += 1;
    }

    fn special_value(&self) -> Option<f64> {
        let [below, above, nan] = self.special.map(|count| count > 0);
        match (below, above, nan) {
            (false, false, false) => None,
            (true, false, false) => Some(f64::NEG_INFINITY),
            (false, true, false) => Some(f64::INFINITY),
            _ => Some(f64::NAN),
        }
    }

    fn make_room(&mut self) {
        if self.in_bins == BIN_CAPACITY {
            self.limbs = self.emptied();
            self.bins = [0; BINS];
            self.in_bins = 0;
        }
    }

    /// The limbs with the bins added to them.
    fn emptied(&self) -> [i64; LIMBS] {
        let mut limbs = self.limbs;
        if self.in_bins == 0 {
            return limbs;
        }
        for (index, &bin) in self.bins.iter().enumerate().filter(|(_, bin)| **bin != 0) {
            let bit = index << BIN_SHIFT;
            let (limb, shift) = (bit / LIMB_BITS, bit % LIMB_BITS);
            // Three unsigned parts and a signed one; at most sixteen parts of 56 bits meet in a limb, so none overflows.
            for part in 0..3 {
                limbs[limb + part] += i64::from((bin >> (LIMB_BITS * part)) as u32) << shift;
            }
            limbs[limb + 3] += i64::from((bin >> (3 * LIMB_BITS)) as i32) << shift;
        }
        carry(&mut limbs);
        limbs
    }
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum::new()
    }
}

impl std::fmt::Debug for ExactSum {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("ExactSum")
            .field(&self.value())
            .finish()
    }
}

#[inline(always)]
fn exponent(bits: u64) -> usize {
    (bits >> 52) as usize & INFINITE_EXPONENT
}

/// The mantissa with its leading bit, which subnormal numbers lack.
#[inline(always)]
fn mantissa(bits: u64) -> u64 {
    bits & MANTISSA | u64::from(exponent(bits) != 0) << 52
}

/// Brings all limbs but the last within 0..2^32.
fn carry(limbs: &mut [i64; LIMBS]) {
    let mut carried = 0;
    for limb in &mut limbs[..LIMBS - 1] {
        *limb += carried;
        carried = *limb >> LIMB_BITS;
        *limb &= (1 << LIMB_BITS) - 1;
    }
    limbs[LIMBS - 1] += carried;
}

fn magnitude(mut limbs: [i64; LIMBS]) -> (bool, [i64; LIMBS]) {
    let negative = limbs[LIMBS - 1] < 0;
    if negative {
        limbs.iter_mut().for_each(|limb| *limb = -*limb);
        carry(&mut limbs);
    }
    (negative, limbs)
}

/// The leading 53 bits, fewer if they would lie below bit `floor`, rounded to even, and the position of the lowest of them.
fn rounded(magnitude: &[i64; LIMBS], floor: usize) -> (u64, usize) {
    let Some(top) = magnitude.iter().rposition(|&limb| limb != 0) else {
        return (0, floor);
    };
    let leading = top * LIMB_BITS + magnitude[top].ilog2() as usize;
    let low = leading.saturating_sub(52).max(floor);
    let bit = |position: usize| magnitude[position / LIMB_BITS] >> (position % LIMB_BITS) & 1 == 1;
    let mut mantissa = 0;
    for position in (low..=leading).rev() {
        mantissa = mantissa << 1 | u64::from(bit(position));
    }
    if low > 0 && bit(low - 1) {
        let half = low - 1;
        let below = magnitude[..half / LIMB_BITS].iter().any(|&limb| limb != 0)
            || magnitude[half / LIMB_BITS] & ((1 << (half % LIMB_BITS)) - 1) != 0;
        mantissa += u64::from(below || mantissa & 1 == 1);
    }
    (mantissa, low)
}

/// 2^exponent, for exponents of normal numbers.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests;
