//! Residues modulo the prime 2^61 - 1. A formula over them decides an identity: two rational expressions that differ agree
//! at random residues with a probability of about 1e-18.

use super::number::{Number, power_of_ten};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Residue(u64);

const MODULUS: u64 = (1 << 61) - 1;

impl Residue {
    fn power(self, mut exponent: u64) -> Residue {
        let (mut result, mut square) = (Residue(1), self);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.times(square);
            }
            square = square.times(square);
            exponent >>= 1;
        }
        result
    }
}

impl Number for Residue {
    fn integer(value: i128) -> Self {
        Residue(value.rem_euclid(i128::from(MODULUS)) as u64)
    }

    fn decimal(digits: &str, exponent: i64) -> Self {
        let digits = digits.bytes().fold(Residue(0), |number, digit| {
            let digit = Residue(u64::from(digit - b'0'));
            number.times(Residue(10)).plus(digit)
        });
        power_of_ten(digits, exponent, Residue(10).power(exponent.unsigned_abs()))
    }

    fn random(bits: u64) -> Self {
        Residue(1 + bits % (MODULUS - 1))
    }

    fn bits(self) -> u64 {
        self.0
    }

    fn plus(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        Residue(if sum >= MODULUS { sum - MODULUS } else { sum })
    }

    fn negated(self) -> Self {
        Residue(if self.0 == 0 { 0 } else { MODULUS - self.0 })
    }

    fn times(self, other: Self) -> Self {
        let product = u128::from(self.0) * u128::from(other.0);
        // 2^61 is 1 here, so the upper bits are added to the lower.
        let (low, high) = (product as u64 & MODULUS, (product >> 61) as u64);
        Residue(low).plus(Residue(high))
    }

    /// By Fermat, x^(p - 2) is the inverse of x.
    fn over(self, other: Self) -> Option<Self> {
        (other.0 != 0).then(|| self.times(other.power(MODULUS - 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_exact() {
        let [one, three] = [1, 3].map(Residue::integer);
        let third = one.over(three).unwrap();
        assert_eq!(third.plus(third).plus(third), one);
        assert_eq!(one.over(Residue::integer(0)), None);
        assert_eq!(Residue::integer(-5).plus(Residue::integer(5)).bits(), 0);
        let large = Residue::integer(i128::from(MODULUS) - 1);
        assert_eq!(large.times(large), one);
    }

    #[test]
    fn decimals_are_fractions() {
        let quarter = Residue::integer(1).over(Residue::integer(4));
        assert_eq!(Residue::literal("0.25"), quarter.unwrap());
        assert_eq!(Residue::literal("2_5e-2_f64"), quarter.unwrap());
        assert_eq!(Residue::literal("2.5e3f32"), Residue::integer(2500));
        assert_eq!(Residue::literal("3."), Residue::integer(3));
    }
}
