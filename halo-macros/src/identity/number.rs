//! What a formula is evaluated in: residues, where equal means equal, and floats, where a decimal may stand for the
//! fraction it approximates.

pub trait Number: Copy + PartialEq {
    fn integer(value: i128) -> Self;

    /// An integer of decimal digits times a power of ten.
    fn decimal(digits: &str, exponent: i64) -> Self;

    /// A number that is not zero, from sixty-four random bits.
    fn random(bits: u64) -> Self;

    /// What tells the number from others.
    fn bits(self) -> u64;

    fn plus(self, other: Self) -> Self;
    fn negated(self) -> Self;
    fn times(self, other: Self) -> Self;

    /// `None` where the divisor is zero.
    fn over(self, other: Self) -> Option<Self>;

    /// A float literal as written: `1_0.5e-3_f64`.
    fn literal(text: &str) -> Self {
        let text = text.replace('_', "");
        let text = text.split('f').next().unwrap_or_default();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: String = whole
            .chars()
            .chain(fraction.chars())
            .filter(char::is_ascii_digit)
            .collect();
        // An exponent that no integer holds belongs to a literal that rustc refuses.
        let exponent: i64 = exponent.parse().unwrap_or(0);
        Self::decimal(&digits, exponent.saturating_sub(fraction.len() as i64))
    }
}

/// `digits * 10^exponent`, given `10^|exponent|`.
pub fn power_of_ten<N: Number>(digits: N, exponent: i64, power: N) -> N {
    if exponent < 0 {
        digits.over(power).unwrap_or(digits)
    } else {
        digits.times(power)
    }
}

impl Number for f64 {
    fn integer(value: i128) -> Self {
        value as f64
    }

    fn decimal(digits: &str, exponent: i64) -> Self {
        format!("{digits}e{exponent}").parse().unwrap_or(0.0)
    }

    /// Between 1 and 2, so that sums of such numbers lose nothing.
    fn random(bits: u64) -> Self {
        1.0 + (bits >> 12) as f64 / (1_u64 << 52) as f64
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn negated(self) -> Self {
        -self
    }

    fn times(self, other: Self) -> Self {
        self * other
    }

    fn over(self, other: Self) -> Option<Self> {
        (other != 0.0).then(|| self / other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_as_rust_reads_them() {
        for (text, value) in [
            ("0.1", 0.1),
            ("1_0.5e-3_f64", 0.0105),
            ("2f32", 2.0),
            ("1E2", 100.0),
        ] {
            assert_eq!(f64::literal(text), value, "{text}");
        }
        assert_eq!(f64::literal("1e99999999999999999999"), 1.0);
    }
}
