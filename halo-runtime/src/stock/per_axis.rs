//! Numbers given axis by axis, or one for all axes: samplings and weights, checked where they meet the axes.

use crate::error::{Error, Result};

/// One number per axis, or one for all of them; made with `.into()` from a number, an array, a slice or a `Vec`.
///
/// ```
/// use halo::stock::{Gradient, Laplacian};
///
/// let square_cells = Laplacian::new([0, 1]).sampling(0.5);
/// let flat_cells = Laplacian::new([0, 1]).sampling([0.5, 0.1]);
/// # let _ = (square_cells, flat_cells);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PerAxis(Numbers);

#[derive(Clone, Debug, PartialEq)]
enum Numbers {
    Same(f64),
    Each(Vec<f64>),
}

impl PerAxis {
    /// The number of each of `axes` axes.
    pub(super) fn spread(&self, axes: usize, operator: &str, what: &str) -> Result<Vec<f64>> {
        match &self.0 {
            Numbers::Same(number) => Ok(vec![*number; axes]),
            Numbers::Each(numbers) if numbers.len() == axes => Ok(numbers.clone()),
            Numbers::Each(numbers) => Err(Error::Invalid(format!(
                "`{operator}` acts on {axes} axes and is given {} {what}s; give one {what} per axis, or one number for \
                 all axes",
                numbers.len()
            ))),
        }
    }

    /// 1 / sampling of each of `axes` axes.
    pub(super) fn inverse_steps(&self, axes: usize, operator: &str) -> Result<Vec<f64>> {
        let samplings = self.spread(axes, operator, "sampling")?;
        samplings
            .into_iter()
            .map(|sampling| inverse_step(sampling, operator))
            .collect()
    }
}

/// 1 / sampling.
///
/// # Errors
/// A sampling that is zero or not finite, or so far from 1 that the square of its inverse is.
pub(super) fn inverse_step(sampling: f64, operator: &str) -> Result<f64> {
    let inverse = 1.0 / sampling;
    if inverse.is_normal() && (inverse * inverse).is_normal() {
        return Ok(inverse);
    }
    Err(Error::Invalid(format!(
        "`{operator}` is given the sampling {sampling}; it is the distance between neighbouring points, a finite number \
         other than zero"
    )))
}

impl From<f64> for PerAxis {
    fn from(number: f64) -> Self {
        PerAxis(Numbers::Same(number))
    }
}

impl From<Vec<f64>> for PerAxis {
    fn from(numbers: Vec<f64>) -> Self {
        PerAxis(Numbers::Each(numbers))
    }
}

impl From<&[f64]> for PerAxis {
    fn from(numbers: &[f64]) -> Self {
        numbers.to_vec().into()
    }
}

impl<const N: usize> From<[f64; N]> for PerAxis {
    fn from(numbers: [f64; N]) -> Self {
        numbers.to_vec().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_serves_all_axes_and_another_count_is_refused() {
        let same = PerAxis::from(2.0);
        assert_eq!(same.spread(3, "F", "weight").unwrap(), [2.0; 3]);
        let each = PerAxis::from([1.0, 2.0]);
        assert_eq!(each.spread(2, "F", "weight").unwrap(), [1.0, 2.0]);
        let error = each.spread(3, "F", "weight").unwrap_err().to_string();
        assert!(
            error.contains("3 axes") && error.contains("2 weights"),
            "{error}"
        );
    }

    #[test]
    fn a_sampling_is_a_distance() {
        assert_eq!(inverse_step(0.5, "F"), Ok(2.0));
        assert_eq!(inverse_step(-4.0, "F"), Ok(-0.25));
        for wrong in [0.0, -0.0, f64::NAN, f64::INFINITY, 1e-200, 1e200] {
            let error = inverse_step(wrong, "F").unwrap_err().to_string();
            assert!(error.contains(&format!("sampling {wrong};")), "{error}");
        }
    }
}
