//! The memory of one block, and what reads all of it. Keeps the rules R1 to R3 of this folder.

use std::alloc;
use std::cell::Cell;
use std::ops::Deref;
use std::ptr::NonNull;

use ndarray::{ArrayView, ArrayViewMut, IntoDimension, RawArrayView, RawArrayViewMut};
use ndarray::{ShapeBuilder, StrideShape};

use super::pages::Pages;
use crate::field::layout::{Layout, Row};
use crate::scalar::Element;

/// Alignment of the first cell: a cache line, and the widest vector register.
const ALIGNMENT: usize = 64;

/// Cells of one block in the order of a [`Layout`], zero at first, aligned to 64 bytes.
pub(crate) struct Storage<T: Element, const D: usize> {
    layout: Layout<D>,
    cells: NonNull<T>,
    /// Owns the memory that `cells` points to.
    _pages: Pages,
    /// Whether the ghosts that no rank owns, those beyond the ends of the grid, are known to be zero as at first.
    zero_beyond: Cell<bool>,
    /// How many guards are alive: readings count up, ghosts count down; the two never meet.
    pub(super) guards: Cell<isize>,
}

// SAFETY: a storage owns its cells (R1) and every guard borrows the storage, so a storage that moves to another thread
// leaves no access behind; `T: Element` is `Send`.
unsafe impl<T: Element, const D: usize> Send for Storage<T, D> {}

impl<T: Element, const D: usize> Storage<T, D> {
    /// Zeroed cells; the memory is taken from the system untouched, so large blocks cost nothing until first used.
    pub(crate) fn new(layout: Layout<D>) -> Self {
        let pages = Pages::zeroed(memory_of::<T, D>(&layout));
        Storage {
            layout,
            // R1: `T: Element` is `Pod`, for which zeroed memory is an initialized value.
            cells: pages.start().cast::<T>(),
            _pages: pages,
            zero_beyond: Cell::new(true),
            guards: Cell::new(0),
        }
    }

    pub(crate) fn layout(&self) -> &Layout<D> {
        &self.layout
    }

    /// All cells, margin and padding included, to read.
    ///
    /// # Panics
    /// While [`Ghosts`] of this storage are alive.
    pub(crate) fn reading(&self) -> Reading<'_, T, D> {
        assert!(
            self.guards.get() >= 0,
            "internal error: cells are read while ghosts are written"
        );
        self.guards.set(self.guards.get() + 1);
        Reading { storage: self }
    }

    /// The cell at an offset, owned or ghost.
    #[inline]
    pub(crate) fn get(&self, offset: usize) -> T {
        assert!(offset < self.layout.len());
        // SAFETY: the cell lies in the storage (R1); it is read by value, and no `&mut` to it exists beside `&self`.
        unsafe { self.cell(offset).read() }
    }

    /// Whether the ghosts beyond the ends of the grid are known to be zero.
    pub(crate) fn is_zero_beyond(&self) -> bool {
        self.zero_beyond.get()
    }

    /// Notes that ghosts beyond the ends of the grid have other values from now on.
    pub(crate) fn fills_beyond(&self) {
        self.zero_beyond.set(false);
    }

    /// All cells, margin and padding included, to write.
    pub(crate) fn cells_mut(&mut self) -> &mut [T] {
        self.fills_beyond();
        self.cells_within_mut()
    }

    /// As [`cells_mut`](Storage::cells_mut), by somebody who writes no ghost beyond the ends of the grid.
    pub(crate) fn cells_within_mut(&mut self) -> &mut [T] {
        // SAFETY: R1; `&mut self` proves that no guard and no view is alive.
        unsafe { std::slice::from_raw_parts_mut(self.cells.as_ptr(), self.layout.len()) }
    }

    /// The owned rows, in row-major order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Row<D>, &[T])> {
        self.layout.rows(&self.layout.owned_region()).map(|row| {
            // SAFETY: a row of the owned region lies in the storage (R1) and holds owned cells only (R2, R3).
            let cells = unsafe { std::slice::from_raw_parts(self.cell(row.offset), row.len) };
            (row, cells)
        })
    }

    /// The owned rows to write, in row-major order.
    pub(crate) fn rows_mut(&mut self) -> impl Iterator<Item = (Row<D>, &mut [T])> {
        let cells = self.cells.as_ptr();
        self.layout
            .rows(&self.layout.owned_region())
            .map(move |row| {
                // SAFETY: a row lies in the storage (R1), `&mut self` is held as long as any row, and rows are disjoint.
                let cells = unsafe {
                    std::slice::from_raw_parts_mut(cells.wrapping_add(row.offset), row.len)
                };
                (row, cells)
            })
    }

    /// The owned cells as an array.
    pub(crate) fn view(&self) -> ArrayView<'_, T, <[usize; D] as IntoDimension>::Dim>
    where
        [usize; D]: IntoDimension,
    {
        let shape = owned_shape(&self.layout);
        // SAFETY: shape and strides reach exactly the owned cells, which lie in the storage (R1), are aligned, only
        // read while `&self` is held (R2), and never in the margin (R3): the array makes references to its elements,
        // and to its whole span only where that is contiguous, that is, without margin in between.
        unsafe {
            RawArrayView::from_shape_ptr(shape, self.cell(self.layout.origin())).deref_into_view()
        }
    }

    /// The owned cells as an array to write.
    pub(crate) fn view_mut(&mut self) -> ArrayViewMut<'_, T, <[usize; D] as IntoDimension>::Dim>
    where
        [usize; D]: IntoDimension,
    {
        let shape = owned_shape(&self.layout);
        let origin = self.cell(self.layout.origin());
        // SAFETY: as in `view`, and `&mut self` proves that nothing else reads or writes meanwhile.
        unsafe { RawArrayViewMut::from_shape_ptr(shape, origin).deref_into_view_mut() }
    }

    /// Where the cell at an offset lies; only meaningful for offsets inside the storage.
    pub(super) fn cell(&self, offset: usize) -> *mut T {
        debug_assert!(offset < self.layout.len());
        self.cells.as_ptr().wrapping_add(offset)
    }
}

impl<T: Element, const D: usize> Clone for Storage<T, D> {
    /// The same layout and owned cells; the margin is a cache and starts empty.
    fn clone(&self) -> Self {
        let mut copy = Storage::new(self.layout);
        for ((_, target), (_, source)) in copy.rows_mut().zip(self.rows()) {
            target.copy_from_slice(source);
        }
        copy
    }
}

/// All cells of a storage to read; while it is alive no ghost can be written.
pub(crate) struct Reading<'a, T: Element, const D: usize> {
    storage: &'a Storage<T, D>,
}

impl<T: Element, const D: usize> Deref for Reading<'_, T, D> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let Storage { layout, cells, .. } = self.storage;
        // SAFETY: R1; the slice lives no longer than this guard, and until the guard is dropped `ghosts` refuses to
        // make a writer, so nothing is written through a shared reference (R2).
        unsafe { std::slice::from_raw_parts(cells.as_ptr(), layout.len()) }
    }
}

impl<T: Element, const D: usize> Drop for Reading<'_, T, D> {
    fn drop(&mut self) {
        self.storage.guards.set(self.storage.guards.get() - 1);
    }
}

/// Size and alignment of the memory of a storage; the size is never zero.
fn memory_of<T, const D: usize>(layout: &Layout<D>) -> alloc::Layout {
    const { assert!(size_of::<T>() > 0, "elements of a field need a size") };
    alloc::Layout::array::<T>(layout.len())
        .and_then(|cells| cells.align_to(ALIGNMENT))
        .expect("a halo::Layout is checked to fit into the address space when it is made")
}

/// Shape and strides of the owned cells.
fn owned_shape<const D: usize>(
    layout: &Layout<D>,
) -> StrideShape<<[usize; D] as IntoDimension>::Dim>
where
    [usize; D]: IntoDimension,
{
    let shape: <[usize; D] as IntoDimension>::Dim = layout.owned().into_dimension();
    shape.strides(layout.strides().into_dimension())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ndarray::array;

    /// Two rows of three owned cells 0 to 5, one ghost below and two above on each axis.
    pub(in crate::field::storage) fn block() -> Storage<f64, 2> {
        let mut storage = Storage::new(Layout::new([2, 3], [[1, 2], [1, 2]], size_of::<f64>()));
        let mut count = 0.0;
        for (_, row) in storage.rows_mut() {
            for cell in row {
                *cell = count;
                count += 1.0;
            }
        }
        storage
    }

    #[test]
    fn memory_is_zeroed_and_aligned() {
        let storage = Storage::<u8, 3>::new(Layout::new([3, 5, 7], [[1, 1]; 3], 1));
        let cells = storage.reading();
        assert_eq!(cells.len(), storage.layout().len());
        assert!(cells.iter().all(|&cell| cell == 0));
        assert_eq!(cells.as_ptr().align_offset(ALIGNMENT), 0);
    }

    #[test]
    fn views_hold_the_owned_cells() {
        let mut storage = block();
        storage.view_mut()[[1, 0]] = 30.0;
        assert_eq!(storage.view(), array![[0.0, 1.0, 2.0], [30.0, 4.0, 5.0]]);
        let sum: f64 = storage.reading().iter().sum();
        assert_eq!(sum, storage.view().sum(), "a view wrote into the margin");
        let one = Storage::<i32, 1>::new(Layout::new([4], [[2, 0]], size_of::<i32>()));
        assert_eq!(one.view(), array![0, 0, 0, 0]);
    }

    #[test]
    fn copies_share_nothing() {
        let storage = block();
        let mut copy = storage.clone();
        copy.view_mut().fill(-1.0);
        assert_eq!(storage.view()[[1, 2]], 5.0);
        assert_eq!(storage.clone().view(), storage.view());
    }
}
