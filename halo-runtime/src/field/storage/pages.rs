//! The bytes behind a storage: from the heap, or mapped on huge pages where there are many.
//!
//! A sweep over a large field touches a new page every few hundred nanoseconds; on pages of 4 KiB the look-up of addresses
//! takes a fifth to a third of the time. And a processor takes a cell for one just stored if the last twelve bits of their
//! addresses agree, so blocks that are swept together must not all begin alike.

use std::alloc::{self, Layout, handle_alloc_error};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};

use memmap2::MmapMut;

/// Size of a huge page on x86-64, and of two or more units of it elsewhere.
const HUGE_PAGE: usize = 2 << 20;

/// Bytes from which on a block takes memory so as to begin elsewhere in a page than the one before it.
const STAGGERED: usize = 16 << 10;

/// By how much: lines enough that the rows around a point stay apart, for as many fields as stencils have.
const STAGGER: usize = 9 * 64;
const STAGGERS: usize = 7;

/// Zeroed bytes, aligned as asked for, freed on drop.
pub(super) struct Pages {
    start: NonNull<u8>,
    source: Source,
}

enum Source {
    Heap(NonNull<u8>, Layout),
    #[expect(dead_code, reason = "owned for its drop, which unmaps the pages")]
    Mapped(MmapMut),
}

// SAFETY: the bytes have one owner, and neither the heap nor a mapping belongs to a thread.
unsafe impl Send for Pages {}

impl Pages {
    /// Zeroed bytes; taken from the system untouched, so large blocks cost nothing until first used.
    pub(super) fn zeroed(layout: Layout) -> Self {
        if layout.size() < STAGGERED || !STAGGER.is_multiple_of(layout.align()) {
            return Self::aligned(layout);
        }
        static BLOCKS: AtomicUsize = AtomicUsize::new(0);
        let lead = BLOCKS.fetch_add(1, Ordering::Relaxed) % STAGGERS * STAGGER;
        let size = layout.size().saturating_add(STAGGERS * STAGGER);
        let Ok(longer) = Layout::from_size_align(size, layout.align()) else {
            return Self::aligned(layout);
        };
        let mut pages = Self::aligned(longer);
        // SAFETY: the block is longer than asked for by more than the lead.
        pages.start = unsafe { pages.start.add(lead) };
        pages
    }

    fn aligned(layout: Layout) -> Self {
        match layout.size() >= 2 * HUGE_PAGE && layout.align() <= HUGE_PAGE {
            true => Self::mapped(layout).unwrap_or_else(|| Self::heap(layout)),
            false => Self::heap(layout),
        }
    }

    fn heap(layout: Layout) -> Self {
        assert!(layout.size() > 0, "a storage holds at least one cell");
        // SAFETY: the size is not zero.
        let start = unsafe { alloc::alloc_zeroed(layout) };
        let first = NonNull::new(start).unwrap_or_else(|| handle_alloc_error(layout));
        Pages {
            start: first,
            source: Source::Heap(first, layout),
        }
    }

    /// `None` where the system maps no memory.
    fn mapped(layout: Layout) -> Option<Self> {
        let mut map = MmapMut::map_anon(layout.size().checked_add(HUGE_PAGE)?).ok()?;
        // A hint: without it, as on systems that know none, the pages are small.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        let first = map.as_mut_ptr();
        // The mapping is longer by a huge page, so that one may begin anywhere in it.
        let start = first.wrapping_add(first.align_offset(HUGE_PAGE));
        Some(Pages {
            start: NonNull::new(start)?,
            source: Source::Mapped(map),
        })
    }

    pub(super) fn start(&self) -> NonNull<u8> {
        self.start
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        if let Source::Heap(first, layout) = self.source {
            // SAFETY: the bytes came from the heap with this layout, and nobody uses them any more.
            unsafe { alloc::dealloc(first.as_ptr(), layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(size: usize) -> Pages {
        Pages::zeroed(Layout::from_size_align(size, 64).unwrap())
    }

    #[test]
    fn large_and_small_blocks_are_zero_and_aligned() {
        for size in [64, STAGGERED, 2 * HUGE_PAGE, 5 * HUGE_PAGE + 64] {
            let pages = block(size);
            let start = pages.start().as_ptr();
            assert_eq!(start.align_offset(64), 0);
            let mapped = matches!(pages.source, Source::Mapped(_));
            assert_eq!(mapped, size >= 2 * HUGE_PAGE);
            // SAFETY: `zeroed` gave so many initialized bytes, which nobody else holds.
            let bytes = unsafe { std::slice::from_raw_parts_mut(start, size) };
            assert!(bytes.iter().all(|&byte| byte == 0));
            bytes.fill(1);
        }
    }

    #[test]
    fn large_blocks_begin_at_different_places_of_a_page() {
        let blocks: Vec<Pages> = (0..20).map(|_| block(3 * HUGE_PAGE)).collect();
        let places: std::collections::HashSet<_> = blocks
            .iter()
            .map(|block| block.start().as_ptr().addr() % 4096)
            .collect();
        assert!(places.len() > 3, "{places:?}");
    }
}
