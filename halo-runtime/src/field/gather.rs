//! Between one whole array on some rank and a field spread over all: scatter and gather.
//!
//! For inputs, outputs and tests. Whole arrays do not scale; large data is read and written block by block.

use ndarray::{Array, ArrayBase, ArrayView, DataMut, Dimension, IntoDimension, Slice};

use super::field::{Field, Shape};
use super::values::Values;
use crate::error::{Error, Result};
use crate::grid::{Cell, Decomposition, Grid, Location, Region};
use crate::scalar::Element;

const SCATTER: u32 = 0x5c01;
const GATHER: u32 = 0x5c02;

impl<const D: usize> Grid<D>
where
    [usize; D]: IntoDimension,
{
    /// Collective: the field with the cells of an array that rank `root` holds; the other ranks give `None`.
    ///
    /// One message from the root to every other rank, of the size of its block.
    ///
    /// # Errors
    /// The same on every rank: the root gives no array, or one that has not the grid's extent; no such root.
    ///
    /// ```
    /// use halo::Grid;
    /// use ndarray::Array2;
    ///
    /// halo::launch_on(3, |comm| {
    ///     let grid = Grid::new(comm, [6, 4])?;
    ///     let whole = (comm.rank() == 0).then(|| Array2::from_shape_fn((6, 4), |(i, j)| (i + j) as f64));
    ///     let field = grid.scatter(0, whole.as_ref().map(|array| array.view()))?;
    ///     assert_eq!(field.gather(0)?, whole);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn scatter<T: Element>(
        &self,
        root: usize,
        array: Option<ArrayView<'_, T, Shape<D>>>,
    ) -> Result<Field<T, D>> {
        self.scatter_at::<Cell, T>(root, array)
    }

    /// Collective: as [`scatter`](Grid::scatter), for the points of a location.
    ///
    /// # Errors
    /// The same on every rank: the root gives no array, or one that has not the extent of the location; no such root.
    pub fn scatter_at<L: Location, T: Element>(
        &self,
        root: usize,
        array: Option<ArrayView<'_, T, Shape<D>>>,
    ) -> Result<Field<T, D, L>> {
        self.check_root(root)?;
        let points = self.decomposition().at(L::STAGGERING);
        let mine = if self.rank() == root {
            whole(array, points.extent()).map(Some)
        } else {
            Ok(None)
        };
        let cells = match self.comm().agree(mine)? {
            Some(array) => {
                for rank in (0..self.comm().size()).filter(|&rank| rank != root) {
                    let cells = cells_of(&array, &points.block(rank));
                    self.comm()
                        .send(rank, SCATTER, bytemuck::cast_slice(&cells))?;
                }
                cells_of(&array, &points.block(root))
            }
            None => from_bytes(&self.comm().receive(root, SCATTER)?),
        };
        let mut field = self.zeros_at();
        let mut values = cells.chunks_exact(field.block().len(D - 1));
        for (_, row) in field.rows_mut() {
            row.copy_from_slice(values.next().ok_or_else(|| wrong_size(root))?);
        }
        Ok(field)
    }

    fn check_root(&self, root: usize) -> Result {
        let ranks = self.comm().size();
        if root < ranks {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "there is no rank {root} to be the root, the job has {ranks}"
        )))
    }
}

impl<T: Element, const D: usize> Values<T, D>
where
    [usize; D]: IntoDimension,
{
    /// Collective: the whole array on rank `root`, `None` on the others. One message from each of them.
    ///
    /// # Errors
    /// The same on every rank: no such root.
    pub fn gather(&self, root: usize) -> Result<Option<Array<T, Shape<D>>>> {
        let grid = self.grid();
        grid.check_root(root)?;
        if grid.rank() != root {
            grid.comm()
                .send(root, GATHER, bytemuck::cast_slice(&self.owned_cells()))?;
            return Ok(None);
        }
        let points = grid.decomposition().at(self.staggering());
        let mut whole = whole_array(&points);
        for rank in 0..grid.comm().size() {
            let cells = if rank == root {
                self.owned_cells()
            } else {
                from_bytes(&grid.comm().receive(rank, GATHER)?)
            };
            place(&mut whole, &points.block(rank), &cells);
        }
        Ok(Some(whole))
    }

    /// Collective: the whole array on every rank. Memory and messages grow with ranks times cells: for tests and
    /// small grids.
    ///
    /// ```
    /// use halo::Grid;
    ///
    /// halo::launch_on(4, |comm| {
    ///     let squares = Grid::new(comm, [5])?.field(|[i]| (i * i) as f64);
    ///     assert_eq!(squares.gather_all()?.to_vec(), [0.0, 1.0, 4.0, 9.0, 16.0]);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), halo::Error>(())
    /// ```
    pub fn gather_all(&self) -> Result<Array<T, Shape<D>>> {
        let grid = self.grid();
        let blocks = grid
            .comm()
            .all_gather(bytemuck::cast_slice(&self.owned_cells()))?;
        let points = grid.decomposition().at(self.staggering());
        let mut whole = whole_array(&points);
        for (rank, bytes) in blocks.iter().enumerate() {
            place(&mut whole, &points.block(rank), &from_bytes(bytes));
        }
        Ok(whole)
    }

    fn owned_cells(&self) -> Vec<T> {
        let mut cells = Vec::with_capacity(self.block().count());
        self.rows()
            .for_each(|(_, row)| cells.extend_from_slice(row));
        cells
    }
}

/// The root's array, if there is one of the right shape.
fn whole<'a, T, const D: usize>(
    array: Option<ArrayView<'a, T, Shape<D>>>,
    extent: [usize; D],
) -> Result<ArrayView<'a, T, Shape<D>>>
where
    [usize; D]: IntoDimension,
{
    let array = array.ok_or_else(|| {
        Error::Invalid(
            "the root of a scatter gives no array; pass `Some(array.view())` there".into(),
        )
    })?;
    if array.shape() == extent {
        return Ok(array);
    }
    Err(Error::ShapeMismatch {
        what: "the array to scatter".into(),
        expected: extent.to_vec(),
        found: array.shape().to_vec(),
    })
}

fn whole_array<T: Element, const D: usize>(points: &Decomposition<D>) -> Array<T, Shape<D>>
where
    [usize; D]: IntoDimension,
{
    Array::from_elem(points.extent().into_dimension(), T::zeroed())
}

/// The cells of a block of the whole array, in row-major order.
fn cells_of<T: Element, const D: usize>(
    whole: &ArrayView<'_, T, Shape<D>>,
    block: &Region<D>,
) -> Vec<T>
where
    [usize; D]: IntoDimension,
{
    whole
        .slice_each_axis(|axis| slice(block, axis.axis.index()))
        .iter()
        .copied()
        .collect()
}

/// Puts the cells of a block, in row-major order, into the whole array.
fn place<T: Element, A: DataMut<Elem = T>, N: Dimension, const D: usize>(
    whole: &mut ArrayBase<A, N>,
    block: &Region<D>,
    cells: &[T],
) {
    let mut target = whole.slice_each_axis_mut(|axis| slice(block, axis.axis.index()));
    target
        .iter_mut()
        .zip(cells)
        .for_each(|(target, &cell)| *target = cell);
}

fn slice<const D: usize>(block: &Region<D>, axis: usize) -> Slice {
    Slice::from(block.start[axis]..block.end[axis])
}

/// Elements from received bytes, which need not be aligned.
fn from_bytes<T: Element>(bytes: &[u8]) -> Vec<T> {
    bytes
        .chunks_exact(size_of::<T>())
        .map(bytemuck::pod_read_unaligned)
        .collect()
}

fn wrong_size(root: usize) -> Error {
    Error::Communication(format!(
        "rank {root} scattered a block of another size than this rank owns"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::launch_on;
    use ndarray::{Array2, Array3, ShapeBuilder};

    #[test]
    fn scattered_arrays_come_back() {
        let whole = Array3::from_shape_fn((5, 4, 7), |(i, j, k)| (100 * i + 10 * j + k) as f32);
        for (ranks, root) in [(1, 0), (2, 1), (6, 3), (8, 0)] {
            launch_on(ranks, |comm| {
                let grid = Grid::builder(comm, [5, 4, 7])
                    .margin([[1, 0], [0, 2], [1, 1]])
                    .build()?;
                let given = (comm.rank() == root).then(|| whole.view());
                let field = grid.scatter(root, given)?;
                field
                    .clone()
                    .update(|[i, j, k], cell| assert_eq!(*cell, whole[[i, j, k]]));
                assert_eq!(field.gather_all()?, whole);
                let gathered = field.gather(root)?;
                assert_eq!(gathered, (comm.rank() == root).then(|| whole.clone()));
                Ok(())
            })
            .unwrap();
        }
    }

    #[test]
    fn points_of_a_location_come_back() {
        type Nodes = (crate::Face<0>, crate::Face<2>);
        for (ranks, periodic) in [(1, false), (4, false), (8, true), (6, false)] {
            launch_on(ranks, |comm| {
                let grid = Grid::builder(comm, [3, 4, 5])
                    .periodic([false, false, periodic])
                    .build()?;
                let shape = [4, 4, if periodic { 5 } else { 6 }];
                let whole = Array3::from_shape_fn(shape, |(i, j, k)| (100 * i + 10 * j + k) as f64);
                let field =
                    grid.scatter_at::<Nodes, f64>(0, (comm.rank() == 0).then(|| whole.view()))?;
                let made: Field<f64, 3, Nodes> =
                    grid.field_at(|[i, j, k]| (100 * i + 10 * j + k) as f64);
                assert_eq!(field.view(), made.view());
                assert_eq!(field.gather_all()?, whole);
                let last = ranks - 1;
                assert_eq!(field.gather(last)?, (comm.rank() == last).then_some(whole));
                Ok(())
            })
            .unwrap();
        }
    }

    #[test]
    fn arrays_in_column_order_are_scattered_by_index() {
        let whole = Array2::from_shape_fn((3, 4).f(), |(i, j)| (10 * i + j) as f64);
        let field = Grid::new(&crate::Comm::solo(), [3, 4])
            .unwrap()
            .scatter(0, Some(whole.view()));
        assert_eq!(field.unwrap().view(), whole);
    }

    #[test]
    fn all_ranks_refuse_alike() {
        let refused = |root, array: Option<Array2<f64>>| {
            crate::launch_all(3, |comm| {
                let grid = Grid::new(comm, [3, 4])?;
                let given = array
                    .as_ref()
                    .filter(|_| comm.rank() == root)
                    .map(|array| array.view());
                Ok(grid.scatter(root, given).map(drop).unwrap_err())
            })
            .unwrap()
        };
        for (root, array) in [(0, Some(Array2::zeros((4, 3)))), (2, None), (3, None)] {
            let errors = refused(root, array);
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        }
        let message = refused(1, Some(Array2::zeros((4, 3))))[0].to_string();
        assert!(
            message.contains("[4, 3]") && message.contains("on rank 1"),
            "{message}"
        );
    }
}
