//! Writing the margin of a storage through a shared reference. Keeps the rules R1 to R3 of this folder.

use std::marker::PhantomData;
use std::ptr;

use super::Storage;
use crate::grid::Region;
use crate::scalar::Element;

/// The margin of a storage to write; while it is alive no [`Reading`] can be made.
pub(crate) struct Ghosts<'a, T: Element, const D: usize> {
    storage: &'a Storage<T, D>,
}

impl<T: Element, const D: usize> Storage<T, D> {
    /// The margin, to write through a shared reference.
    ///
    /// # Panics
    /// While a [`Reading`] of this storage is alive.
    pub(crate) fn ghosts(&self) -> Ghosts<'_, T, D> {
        assert!(
            self.guards.get() <= 0,
            "internal error: ghosts are written while cells are read"
        );
        self.guards.set(self.guards.get() - 1);
        Ghosts { storage: self }
    }
}

impl<T: Element, const D: usize> Ghosts<'_, T, D> {
    /// The cell at an offset, owned or ghost.
    #[inline]
    pub(crate) fn get(&self, offset: usize) -> T {
        self.storage.get(offset)
    }

    /// The rows of a region of ghosts in local indices, in row-major order; one check for all of them.
    ///
    /// # Panics
    /// When the region reaches into the owned cells or beyond the margin.
    pub(crate) fn rows(&self, region: &Region<D>) -> impl Iterator<Item = GhostRow<'_, T>> {
        let layout = self.storage.layout();
        assert!(
            region.intersect(&layout.owned_region()).is_empty(),
            "internal error: ghosts {region} reach into the owned cells of {layout}"
        );
        // SAFETY: `Layout::rows` refuses what lies outside the storage, and no row of the region holds an owned cell.
        layout
            .rows(region)
            .map(|row| unsafe { self.run(row.offset, row.len) })
    }

    /// # Safety
    /// The `len` cells from `offset` on lie in the storage, and none of them is owned.
    unsafe fn run(&self, offset: usize, len: usize) -> GhostRow<'_, T> {
        GhostRow {
            first: self.storage.cell(offset),
            offset,
            len,
            ghosts: PhantomData,
        }
    }
}

impl<T: Element, const D: usize> Drop for Ghosts<'_, T, D> {
    fn drop(&mut self) {
        self.storage.guards.set(self.storage.guards.get() + 1);
    }
}

/// A run of ghosts to write, side by side along the last axis; made by [`Ghosts`] only, which it borrows.
pub(crate) struct GhostRow<'a, T> {
    first: *mut T,
    offset: usize,
    len: usize,
    ghosts: PhantomData<&'a ()>,
}

impl<T: Element> GhostRow<'_, T> {
    /// Offset of the first ghost in the storage.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Number of ghosts.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Writes the `k`-th ghost.
    #[inline]
    pub(crate) fn set(&self, k: usize, value: T) {
        assert!(k < self.len);
        // SAFETY: the run lies in the storage (R1) and holds no owned cell; no reading is alive, because the
        // `Ghosts` that this run borrows is (R2); no reference covers the margin (R3).
        unsafe { self.first.add(k).write(value) }
    }

    /// Writes all ghosts.
    #[inline]
    pub(crate) fn copy_from(&self, values: &[T]) {
        assert_eq!(
            values.len(),
            self.len,
            "internal error: a run of ghosts is filled from another length"
        );
        // SAFETY: as in `set`; `values` is no part of the margin, which no reference covers (R3).
        unsafe { ptr::copy_nonoverlapping(values.as_ptr(), self.first, self.len) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory::tests::block;
    use super::*;
    use ndarray::Array2;

    #[test]
    fn ghosts_are_written_beneath_live_views() {
        let storage = block();
        let view = storage.view();
        let rows: Vec<_> = storage.rows().collect();
        let ghosts = storage.ghosts();
        let margin = Region::new([2, -1], [4, 5]);
        for row in ghosts.rows(&margin) {
            row.copy_from(&[9.0; 6]);
            row.set(0, 7.0);
        }
        ghosts
            .rows(&Region::new([0, -1], [1, 0]))
            .for_each(|row| row.set(0, 8.0));
        drop(ghosts);
        assert_eq!(
            view,
            Array2::from_shape_fn((2, 3), |(i, j)| (3 * i + j) as f64)
        );
        assert_eq!(rows[1].1, [3.0, 4.0, 5.0]);
        let cells = storage.reading();
        let at = |index| cells[storage.layout().offset(index)];
        assert_eq!(
            [at([2, -1]), at([2, 0]), at([3, 4]), at([0, -1])],
            [7.0, 9.0, 9.0, 8.0]
        );
    }

    #[test]
    fn guards_come_and_go() {
        let storage = block();
        {
            let (first, second) = (storage.reading(), storage.reading());
            assert_eq!(first.len(), second.len());
        }
        drop((storage.ghosts(), storage.ghosts()));
        drop(storage.reading());
    }

    #[test]
    #[should_panic(expected = "ghosts are written while cells are read")]
    fn no_ghost_is_written_while_cells_are_read() {
        let storage = block();
        let _reading = storage.reading();
        storage.ghosts();
    }

    #[test]
    #[should_panic(expected = "cells are read while ghosts are written")]
    fn no_cell_is_read_while_ghosts_are_written() {
        let storage = block();
        let _ghosts = storage.ghosts();
        storage.reading();
    }

    #[test]
    fn owned_cells_are_no_ghosts() {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        let storage = block();
        let refused = |write: &dyn Fn(&Ghosts<'_, f64, 2>)| {
            catch_unwind(AssertUnwindSafe(|| write(&storage.ghosts()))).is_err()
        };
        assert!(refused(&|ghosts| drop(
            ghosts.rows(&Region::new([1, 2], [2, 4]))
        )));
        assert!(refused(&|ghosts| drop(
            ghosts.rows(&Region::new([-1, 0], [1, 1]))
        )));
        assert!(refused(&|ghosts| drop(
            ghosts.rows(&Region::new([-2, 0], [0, 1]))
        )));
        assert!(refused(&|ghosts| {
            ghosts
                .rows(&Region::new([-1, 0], [0, 1]))
                .for_each(|row| row.set(1, 0.0));
        }));
        assert!(!refused(&|ghosts| drop(
            ghosts.rows(&Region::new([1, 3], [2, 4]))
        )));
    }
}
