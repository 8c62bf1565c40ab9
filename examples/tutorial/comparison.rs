//! One operator on all ranks against the same operator on one rank: every cell, every bit, forward and adjoint.
//!
//! This is what a user may rely on; the tour ends with an error where it does not hold.

use halo::operator::Operator;
use halo::prelude::*;
use halo::{Error, Result};
use ndarray::{Array, Dimension, IntoDimension};

/// An operator from one field to one field, whatever its stencil.
pub type Linear<const D: usize> = Operator<Field<f64, D>, Field<f64, D>>;

/// What was compared and found equal.
pub struct Comparison {
    /// Cells on which the results of forward and adjoint have equal bits.
    pub cells: usize,
    /// Whether the adjoint passed the exact test; closures run in floating point alone and have none.
    pub exact: bool,
    /// Relative difference of ⟨Ax, y⟩ and ⟨x, Aᵀy⟩ in floating point; in exact arithmetic there is none.
    pub dot_difference: f64,
}

impl Comparison {
    /// Places an operator on `grid` and on a grid of one rank, and compares. Collective.
    ///
    /// # Errors
    /// Where a cell differs, or an adjoint test fails.
    pub fn of<const D: usize>(
        grid: &Grid<D>,
        place: impl Fn(&Grid<D>) -> Result<Linear<D>>,
    ) -> Result<Self>
    where
        [usize; D]: IntoDimension,
    {
        let operator = place(grid)?;
        let (x, y) = (grid.random(1), grid.random(2));
        let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);

        let exact = match operator.exact_adjoint_test() {
            Err(Error::Within { error, .. }) if matches!(*error, Error::Invalid(_)) => false,
            tested => tested.map(|()| true)?,
        };
        operator.dot_test(1e-12)?;
        if let (Some(forward), Some(adjoint)) = (ax.gather(0)?, aty.gather(0)?) {
            let alone = Grid::new(&Comm::solo(), grid.extent())?;
            let serial = place(&alone)?;
            let name = operator.name();
            let ax = serial.forward(&alone.random(1))?.gather_all()?;
            let aty = serial.adjoint(&alone.random(2))?.gather_all()?;
            expect_equal_bits(&format!("{name}, forward"), &forward, &ax)?;
            expect_equal_bits(&format!("{name}, adjoint"), &adjoint, &aty)?;
        }
        Ok(Comparison {
            cells: grid.extent().iter().product(),
            exact,
            dot_difference: Self::dot_difference(grid, &operator)?,
        })
    }

    /// |⟨Ax, y⟩ − ⟨x, Aᵀy⟩| for random x and y, relative to their norms. Collective.
    ///
    /// # Errors
    /// Those of the operator.
    pub fn dot_difference<const D: usize>(grid: &Grid<D>, operator: &Linear<D>) -> Result<f64> {
        let (x, y) = (grid.random(1), grid.random(2));
        let (ax, aty) = (operator.forward(&x)?, operator.adjoint(&y)?);
        let scale = 0.5 * (ax.norm()? * y.norm()? + x.norm()? * aty.norm()?);
        Ok((ax.dot(&y)? - x.dot(&aty)?).abs() / scale)
    }
}

/// An error unless both arrays hold the same bits; one NaN is as good as another.
pub fn expect_equal_bits<I: Dimension>(
    what: &str,
    parallel: &Array<f64, I>,
    serial: &Array<f64, I>,
) -> Result {
    let differs = |(a, b): &(&f64, &f64)| a.to_bits() != b.to_bits() && !(a.is_nan() && b.is_nan());
    let different = parallel.iter().zip(serial).filter(differs).count();
    if different == 0 && parallel.shape() == serial.shape() {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "{what}: {different} of {} cells differ from the result of one rank",
        serial.len()
    )))
}

#[cfg(test)]
mod tests {
    use super::super::kernels::Centred;
    use super::*;
    use ndarray::array;

    #[test]
    fn one_bit_is_a_difference_and_nan_is_none() {
        let a = array![1.0, f64::NAN, 0.0];
        assert_eq!(expect_equal_bits("x", &a, &a), Ok(()));
        let error = expect_equal_bits("x", &a, &array![1.0, -f64::NAN, -0.0]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "x: 1 of 3 cells differ from the result of one rank"
        );
    }

    #[test]
    fn an_operator_that_depends_on_the_ranks_is_found_out() {
        let error = halo::launch_on(3, |comm| {
            let grid = Grid::new(comm, [10])?;
            let ranks = |grid: &Grid<1>| grid.comm().size() as f64;
            Comparison::of(&grid, |grid| {
                Ok(Operator::new(
                    Centred {
                        inv_2h: ranks(grid),
                    }
                    .on(grid)?,
                ))
            })
        });
        let message = error.map(drop).unwrap_err().to_string();
        assert!(
            message.contains("centred, forward: 10 of 10 cells differ"),
            "{message}"
        );
    }
}
