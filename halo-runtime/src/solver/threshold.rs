//! The thresholdings: what shrinks one number towards zero, and the penalty whose proximal map that is.

/// How the modulus of a number is shrunk; its phase stays. Each is the z that minimises |z − t|² + weight × penalty(z).
///
/// ```
/// use halo::solver::Threshold;
/// assert_eq!(Threshold::Soft.shrunk(3.0, 2.0), 2.0);
/// assert_eq!(Threshold::Hard.shrunk(3.0, 4.0), 3.0);
/// assert_eq!(Threshold::Hard.shrunk(1.9, 4.0), 0.0);
/// // The half threshold leaves large numbers nearly as they are.
/// assert!((Threshold::Half.shrunk(100.0, 1.0) - 100.0).abs() < 0.03);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// Penalty |z|: convex, so that a solution is the solution. Moduli lose weight / 2.
    ///
    /// Source: I. Daubechies, M. Defrise and C. De Mol, Comm. Pure Appl. Math. 57 (2004).
    Soft,
    /// Penalty 1 where z is not zero: moduli up to √weight become zero, others stay. Not convex: solutions are local.
    ///
    /// Source: T. Blumensath and M. E. Davies, *Iterative thresholding for sparse approximations*, J. Fourier Anal. Appl. 14
    /// (2008).
    Hard,
    /// Penalty √|z|: between the two. Not convex.
    ///
    /// Source: Z. Xu, X. Chang, F. Xu and H. Zhang, *L1/2 regularization: a thresholding representation theory and a fast solver*,
    /// IEEE Trans. Neural Netw. Learn. Syst. 23 (2012).
    Half,
}

impl Threshold {
    /// The modulus that a modulus becomes.
    pub fn shrunk(self, modulus: f64, weight: f64) -> f64 {
        // A NaN is kept.
        let keeps = |bound: f64| modulus > bound || modulus.is_nan();
        match self {
            Threshold::Soft if keeps(0.5 * weight) => modulus - 0.5 * weight,
            Threshold::Hard if keeps(weight.sqrt()) => modulus,
            Threshold::Half if keeps(0.25 * 54f64.cbrt() * weight.cbrt().powi(2)) => {
                let angle = (0.125 * weight * (modulus / 3.0).powf(-1.5)).acos();
                let turned = (2.0 / 3.0 * (std::f64::consts::PI - angle)).cos();
                2.0 / 3.0 * modulus * (1.0 + turned)
            }
            _ => 0.0,
        }
    }

    /// The penalty of a modulus.
    pub fn penalty(self, modulus: f64) -> f64 {
        match self {
            Threshold::Soft => modulus,
            // Of a NaN, which is no zero, 1 would hide it.
            Threshold::Hard if modulus.is_nan() => modulus,
            Threshold::Hard => f64::from(modulus != 0.0),
            Threshold::Half => modulus.sqrt(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_the_proximal_map_of_its_penalty() {
        for threshold in [Threshold::Soft, Threshold::Hard, Threshold::Half] {
            for weight in [0.01, 0.7, 5.0] {
                for t in (0..60).map(|k| 0.1 * f64::from(k) + 0.013) {
                    let cost = |z: f64| (z - t).powi(2) + weight * threshold.penalty(z);
                    let best = (0..=12_000)
                        .map(|k| f64::from(k) * 5e-4)
                        .map(cost)
                        .fold(f64::INFINITY, f64::min);
                    let found = threshold.shrunk(t, weight);
                    assert!(
                        cost(found) <= best + 1e-12,
                        "{threshold:?} of {t} with {weight}: {found}"
                    );
                    assert!(cost(found) >= best - 1e-5);
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_stays_so() {
        for threshold in [Threshold::Soft, Threshold::Hard, Threshold::Half] {
            assert!(threshold.shrunk(f64::NAN, 1.0).is_nan());
            assert!(threshold.penalty(f64::NAN).is_nan());
            assert_eq!(threshold.shrunk(0.0, 1.0), 0.0);
            assert_eq!(threshold.shrunk(0.0, 0.0), 0.0);
        }
    }
}
