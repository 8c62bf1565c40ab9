//! As many vectors of one type as the program finds out when it runs: shots of a survey, frames of a film.

use std::ops::{Deref, DerefMut};

use super::{ComplexVector, ExactSum, Vector};
use crate::comm::Comm;
use crate::error::{Error, Result};

/// One or more vectors of one type as one vector; a slice of them otherwise.
///
/// ```
/// use halo::{field::Several, prelude::*};
///
/// let grid = Grid::new(&Comm::solo(), [2])?;
/// let mut shots = Several::new((0..3).map(|shot| grid.field(|_| shot as f64)).collect())?;
/// shots[0].fill(5.0);
/// assert_eq!(shots.norm()?, 60_f64.sqrt());
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Several<V> {
    /// Never empty: a vector knows its ranks.
    vectors: Vec<V>,
}

impl<V: Vector> Several<V> {
    /// The vectors as one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none.
    pub fn new(vectors: Vec<V>) -> Result<Self> {
        if vectors.is_empty() {
            return Err(Error::Invalid(
                "a product space of no vectors has no ranks; give at least one".into(),
            ));
        }
        Ok(Several { vectors })
    }

    /// The vectors one by one.
    pub fn into_inner(self) -> Vec<V> {
        self.vectors
    }

    pub(crate) fn expect_same_number(&self, other: &[V]) -> Result {
        if self.len() == other.len() {
            return Ok(());
        }
        Err(Error::ShapeMismatch {
            what: "a product space of several vectors".into(),
            expected: vec![self.len()],
            found: vec![other.len()],
        })
    }
}

impl<V> Deref for Several<V> {
    type Target = [V];

    fn deref(&self) -> &[V] {
        &self.vectors
    }
}

impl<V> DerefMut for Several<V> {
    fn deref_mut(&mut self) -> &mut [V] {
        &mut self.vectors
    }
}

impl<V: Vector> Vector for Several<V> {
    const COMPLEX: bool = V::COMPLEX;

    fn zeros_like(&self) -> Self {
        Several {
            vectors: self.iter().map(V::zeros_like).collect(),
        }
    }

    fn space(&self) -> String {
        let spaces: Vec<_> = self.iter().map(V::space).collect();
        let runs = spaces.chunk_by(|a, b| a == b);
        let runs = runs.map(|run| format!("{} of {}", run.len(), run[0]));
        format!("several: {}", runs.collect::<Vec<_>>().join(", "))
    }

    fn expect_same_space(&self, other: &Self) -> Result {
        self.expect_same_number(other)?;
        let mut pairs = self.iter().zip(other.iter());
        pairs.try_for_each(|(mine, other)| mine.expect_same_space(other))
    }

    fn copy_from(&mut self, x: &Self) -> Result {
        self.expect_same_number(x)?;
        let mut pairs = self.iter_mut().zip(x.iter());
        pairs.try_for_each(|(mine, x)| mine.copy_from(x))
    }

    fn scale(&mut self, factor: f64) {
        self.iter_mut().for_each(|vector| vector.scale(factor));
    }

    fn axpy(&mut self, factor: f64, x: &Self) -> Result {
        self.expect_same_number(x)?;
        let mut pairs = self.iter_mut().zip(x.iter());
        pairs.try_for_each(|(mine, x)| mine.axpy(factor, x))
    }

    fn aypx(&mut self, factor: f64, x: &Self) -> Result {
        self.expect_same_number(x)?;
        let mut pairs = self.iter_mut().zip(x.iter());
        pairs.try_for_each(|(mine, x)| mine.aypx(factor, x))
    }

    fn conjugate(&mut self) {
        self.iter_mut().for_each(V::conjugate);
    }

    fn randomize_from(&mut self, seed: u64, component: u64) -> u64 {
        let vectors = self.iter_mut();
        vectors.fold(component, |component, vector| {
            vector.randomize_from(seed, component)
        })
    }

    fn comm(&self) -> &Comm {
        self.vectors[0].comm()
    }

    fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result {
        self.expect_same_number(other)?;
        let mut pairs = self.iter().zip(other.iter());
        pairs.try_for_each(|(mine, other)| mine.add_dot(other, total))
    }
}

impl<V: ComplexVector> ComplexVector for Several<V> {
    fn scale_complex(&mut self, factor: num_complex::Complex<f64>) {
        let vectors = self.iter_mut();
        vectors.for_each(|vector| vector.scale_complex(factor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Grid;

    #[test]
    fn another_number_of_vectors_is_another_space() {
        let grid = Grid::new(&Comm::solo(), [3]).unwrap();
        let of =
            |count: u64| Several::new((0..count).map(|seed| grid.random::<f64>(seed)).collect());
        let (two, mut three) = (of(2).unwrap(), of(3).unwrap());
        assert!(of(0).is_err());
        assert!(three.axpy(1.0, &two).is_err() && three.dot(&two).is_err());
        assert!(three.expect_same_space(&three.zeros_like()).is_ok());
        assert!(two.space().contains("2 of f64 field"));
        three.randomize(4);
        assert_ne!(three[0].view(), three[2].view());
    }
}
