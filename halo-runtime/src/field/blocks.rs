//! Each rank's block with its ghosts as values of their own: what local operators are applied to.
//!
//! Unlike the margin of a field, ghosts here are part of the vector: a point may have several values, one on each rank that
//! holds it, and the inner product counts them all.

use ndarray::{ArrayView, ArrayViewMut, IntoDimension};

use super::block_layout::BlockLayout;
use super::field::Shape;
use super::noise::Noise;
use super::reduce::add_real_dot;
use super::{ComplexVector, ExactSum, Vector, cells};
use crate::comm::Comm;
use crate::error::Result;
use crate::scalar::{Element, RealScalar, Scalar};

/// One array per rank: its block of a grid and the ghosts around it.
///
/// ```
/// use halo::operator::Halo;
/// use halo::prelude::*;
///
/// halo::launch_on(3, |comm| {
///     let grid = Grid::new(comm, [6])?;
///     let halo = Halo::<f64, 1>::new(&grid, 1)?;
///     let blocks = halo.forward(&grid.field(|[i]| i as f64))?;
///     let expected: [&[f64]; 3] = [&[0., 1., 2.], &[1., 2., 3., 4.], &[3., 4., 5.]];
///     assert_eq!(blocks.view().to_vec(), expected[comm.rank()]);
///     Ok(())
/// })?;
/// # Ok::<(), halo::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Blocks<T: Element, const D: usize> {
    layout: BlockLayout<D>,
    /// Row-major, without gaps.
    cells: Vec<T>,
}

impl<const D: usize> BlockLayout<D> {
    /// Blocks of zeros.
    pub fn zeros<T: Element>(&self) -> Blocks<T, D> {
        Blocks {
            layout: self.clone(),
            cells: vec![T::zeroed(); self.local().count()],
        }
    }
}

impl<T: Element, const D: usize> Blocks<T, D> {
    /// Which points the blocks hold.
    pub fn layout(&self) -> &BlockLayout<D> {
        &self.layout
    }

    /// This rank's block, ghosts included, row-major.
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// The same to write.
    pub fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// This rank's block, ghosts included, as an array. No copy.
    pub fn view(&self) -> ArrayView<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        let shape = self.layout.shape();
        // The lengths agree by construction.
        ArrayView::from_shape(shape, &self.cells).expect("a block fills its shape")
    }

    /// The same to write.
    pub fn view_mut(&mut self) -> ArrayViewMut<'_, T, Shape<D>>
    where
        [usize; D]: IntoDimension,
    {
        let shape = self.layout.shape();
        ArrayViewMut::from_shape(shape, &mut self.cells).expect("a block fills its shape")
    }

    pub(crate) fn fill_noise(&mut self, noise: Noise, value: impl Fn([u64; 2]) -> T) {
        let first = self.layout.before();
        for (k, cell) in self.cells.iter_mut().enumerate() {
            *cell = value(noise.bits((first + k) as u64));
        }
    }
}

impl<T: Scalar, const D: usize> Vector for Blocks<T, D> {
    const COMPLEX: bool = T::COMPLEX;

    fn zeros_like(&self) -> Self {
        self.layout.zeros()
    }

    fn space(&self) -> String {
        format!("{} array of {}", T::NAME, self.layout)
    }

    fn expect_same_space(&self, other: &Self) -> Result {
        self.layout.expect_same(&other.layout, "the other vector")
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
        self.layout.grid().comm()
    }

    fn add_dot(&self, other: &Self, total: &mut ExactSum) -> Result {
        self.expect_same_space(other)?;
        add_real_dot(total, &self.cells, &other.cells);
        Ok(())
    }
}

impl<R, const D: usize> ComplexVector for Blocks<num_complex::Complex<R>, D>
where
    R: RealScalar,
    num_complex::Complex<R>: Scalar<Real = R>,
{
    fn scale_complex(&mut self, factor: num_complex::Complex<f64>) {
        cells::scale_complex(&mut self.cells, factor);
    }
}
