//! A few points of a row next to each other, whose indices need no check of bounds.

/// Points of a row from `first` on, all of them within it.
#[derive(Clone, Copy)]
pub(crate) struct Block {
    first: usize,
    points: usize,
    row: usize,
}

impl Block {
    /// # Panics
    /// When the row has fewer points.
    #[inline(always)]
    pub(crate) fn new(first: usize, points: usize, row: usize) -> Self {
        assert!(
            first <= row && points <= row - first,
            "a block lies within its row"
        );
        Block { first, points, row }
    }

    /// The index in the row of a point of the block; the compiler knows that it is smaller than the row's length.
    ///
    /// # Panics
    /// When the block has fewer points.
    #[inline(always)]
    pub(crate) fn index(self, point: usize) -> usize {
        assert!(point < self.points, "a point of the block");
        let index = self.first + point;
        // SAFETY: `new` has seen that first + points <= row, and point < points.
        unsafe { std::hint::assert_unchecked(index < self.row) }
        index
    }

    /// The index of a point of the block that so many points of it follow, itself included; the compiler knows that they lie
    /// within the row.
    ///
    /// # Panics
    /// When the block ends before.
    #[inline(always)]
    pub(crate) fn lanes(self, point: usize, lanes: usize) -> usize {
        assert!(
            lanes <= self.points && point <= self.points - lanes,
            "points of the block"
        );
        let index = self.first + point;
        // SAFETY: `new` has seen that first + points <= row, and point + lanes <= points.
        unsafe { std::hint::assert_unchecked(lanes <= self.row && index <= self.row - lanes) }
        index
    }
}

/// So many items from `start` on, found with one comparison.
///
/// # Panics
/// When there are fewer.
#[inline(always)]
pub(crate) fn part<T>(items: &[T], start: usize, len: usize) -> &[T] {
    assert!(
        len <= items.len() && start <= items.len() - len,
        "the items are there"
    );
    // SAFETY: start + len <= items.len(), as was just seen.
    unsafe { items.get_unchecked(start..start + len) }
}
