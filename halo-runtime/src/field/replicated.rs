//! Arrays that every rank holds alike: samples, profiles, parameters of a model.
//!
//! As vectors they count once, however many ranks hold them.

use ndarray::{Array, ArrayView, ArrayViewMut, IntoDimension};

use super::field::Shape;
use super::noise::Noise;
use super::reduce::add_real_dot;
use super::{ComplexVector, ExactSum, Vector, cells};
use crate::comm::Comm;
use crate::error::{Error, Result};
use crate::grid::Region;
use crate::scalar::{Element, RealScalar, Scalar};

/// An array of which every rank holds a copy.
///
/// Operators keep the copies equal bit for bit. Where a program writes one itself, it writes the same on every rank.
///
/// ```
/// use halo::field::Replicated;
/// use halo::prelude::*;
///
/// halo::launch_on(3, |comm| {
///     let x = Replicated::from_fn(comm, [2], |[i]| 3.0 + i as f64);
///     assert_eq!(x.norm()?, 5.0); // whatever the number of ranks
///     Ok(())
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replicated<T: Element, const D: usize> {
    comm: Comm,
    shape: [usize; D],
    /// Row-major, without gaps.
    cells: Vec<T>,
}

impl<T: Element, const D: usize> Replicated<T, D> {
    /// The array on every rank of a communicator; each gives the same one.
    pub fn new(comm: &Comm, array: Array<T, Shape<D>>) -> Self
    where
        [usize; D]: IntoDimension,
    {
        let mut shape = [0; D];
        shape.copy_from_slice(array.shape());
        Replicated {
            comm: comm.clone(),
            shape,
            cells: array.into_iter().collect(),
        }
    }

    /// The array of `value(index)`, on every rank the same.
    pub fn from_fn(comm: &Comm, shape: [usize; D], value: impl FnMut([usize; D]) -> T) -> Self {
        let indices = Region::of_extent(shape).indices();
        let indices = indices.map(|index| index.map(|i| i as usize));
        Replicated {
            comm: comm.clone(),
            shape,
            cells: indices.map(value).collect(),
        }
    }

    /// Zeros of a shape.
    pub fn zeros(comm: &Comm, shape: [usize; D]) -> Self {
        Replicated {
            comm: comm.clone(),
            shape,
            cells: vec![T::zeroed(); shape.iter().product()],
        }
    }

    /// Number of values per axis.
    pub fn shape(&self) -> [usize; D] {
        self.shape
    }

    /// The values, row-major.
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// The values to write; write the same on every rank.
    pub fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// The array. No copy.
    pub fn view(&self) -> ArrayView<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        ArrayView::from_shape(self.shape, &self.cells).expect("an array fills its shape")
    }

    /// The array to write; write the same on every rank.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        ArrayViewMut::from_shape(self.shape, &mut self.cells).expect("an array fills its shape")
    }

    pub(crate) fn comm(&self) -> &Comm {
        &self.comm
    }

    /// An error unless the array has this shape and lives on these ranks.
    pub(crate) fn expect(&self, comm: &Comm, shape: [usize; D], what: &str) -> Result {
        if self.comm != *comm {
            return Err(Error::Invalid(format!(
                "{what} lives on the ranks of another job; make it with the same communicator"
            )));
        }
        if self.shape == shape {
            return Ok(());
        }
        Err(Error::ShapeMismatch {
            what: what.into(),
            expected: shape.to_vec(),
            found: self.shape.to_vec(),
        })
    }

    pub(crate) fn fill_noise(&mut self, noise: Noise, value: impl Fn([u64; 2]) -> T) {
        let cells = self.cells.iter_mut().enumerate();
        cells.for_each(|(k, cell)| *cell = value(noise.bits(k as u64)));
    }
}

impl<T: Scalar, const D: usize> Vector for Replicated<T, D> {
    const COMPLEX: bool = T::COMPLEX;

    fn zeros_like(&self) -> Self {
        Replicated::zeros(&self.comm, self.shape)
    }

    fn space(&self) -> String {
        let ranks = self.comm.size();
        format!(
            "{} array {:?} held by each of {ranks} ranks",
            T::NAME,
            self.shape
        )
    }

    fn expect_same_space(&self, other: &Self) -> Result {
        other.expect(&self.comm, self.shape, "the other vector")
    }

    fn copy_from(&mut self, x: &Self) -> Result {
        self.expect_same_space(x)?;
        self.cells.copy_from_slice(&x.cells);
        Ok(())
    }

    fn scale(&mut self, factor: f64) {
        cells::scale(&mut self.cells, factor);
    }

    fn axpy(&mut self, factor: f64, x: &Self) -> Result {
        self.expect_same_space(x)?;
        cells::axpy(&mut self.cells, factor, &x.cells);
        Ok(())
    }

    fn aypx(&mut self, factor: f64, x: &Self) -> Result {
        self.expect_same_space(x)?;
        cells::aypx(&mut self.cells, factor, &x.cells);
        Ok(())
    }

    fn conjugate(&mut self) {
        cells::conjugate(&mut self.cells);
    }

    fn randomize_from(&mut self, seed: u64, component: u64) -> u64 {
        self.fill_noise(Noise::new(seed, component), T::from_hash);
        component + 1
    }

    fn comm(&self) -> &Comm {
        &self.comm
    }

    /// One rank speaks for all.
    fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result {
        self.expect_same_space(other)?;
        if self.comm.rank() == 0 {
            add_real_dot(total, &self.cells, &other.cells);
        }
        Ok(())
    }
}

impl<R, const D: usize> ComplexVector for Replicated<num_complex::Complex<R>, D>
where
    R: RealScalar,
    num_complex::Complex<R>: Scalar<Real = R>,
{
    fn scale_complex(&mut self, factor: num_complex::Complex<f64>) {
        cells::scale_complex(&mut self.cells, factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_all;

    #[test]
    fn replicas_count_once_and_beside_fields() {
        for ranks in [1, 2, 5] {
            let norms = launch_all(ranks, |comm| {
                let grid = crate::Grid::new(comm, [6])?;
                let mut x = (grid.zeros::<f64>(), Replicated::<f32, 1>::zeros(comm, [4]));
                x.randomize(1);
                let mut y = x.zeros_like();
                y.copy_from(&x)?;
                y.aypx(1.0, &x)?;
                x.dot(&y)
            });
            let solo = crate::Grid::new(&Comm::solo(), [6]).unwrap();
            let mut x = (
                solo.zeros::<f64>(),
                Replicated::<f32, 1>::zeros(solo.comm(), [4]),
            );
            x.randomize(1);
            assert_eq!(norms.unwrap(), vec![2.0 * x.dot(&x).unwrap(); ranks]);
        }
    }

    #[test]
    fn other_shapes_and_jobs_are_refused() {
        let comm = Comm::solo();
        let x = Replicated::<f64, 2>::zeros(&comm, [2, 3]);
        let mut other = Replicated::zeros(&comm, [3, 2]);
        assert!(matches!(
            other.axpy(1.0, &x),
            Err(Error::ShapeMismatch { .. })
        ));
        let mut other = Replicated::zeros(&Comm::solo(), [2, 3]);
        assert!(other.copy_from(&x).is_err());
    }
}
