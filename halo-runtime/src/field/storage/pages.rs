//! The bytes behind a storage: from the heap, or mapped on huge pages where there are many.
//!
//! A sweep over a large field touches a new page every few hundred nanoseconds; on pages of 4 KiB the look-up of addresses
//! takes a fifth to a third of the time.

use std::alloc::{self, Layout, handle_alloc_error};
use std::ptr::NonNull;

use memmap2::MmapMut;

/// Size of a huge page on x86-64, and of two or more units of it elsewhere.
const HUGE_PAGE: usize = 2 << 20;

/// Zeroed bytes, aligned as asked for, freed on drop.
pub(super) struct Pages {
    start: NonNull<u8>,
    source: Source,
}

enum Source {
    Heap(Layout),
    #[expect(dead_code, reason = "owned for its drop, which unmaps the pages")]
    Mapped(MmapMut),
}

// SAFETY: the bytes have one owner, and neither the heap nor a mapping belongs to a thread.
unsafe impl Send for Pages {}

impl Pages {
    /// Zeroed bytes; taken from the system untouched, so large blocks cost nothing until first used.
    pub(super) fn zeroed(layout: Layout) -> Self {
        match layout.size() >= 2 * HUGE_PAGE && layout.align() <= HUGE_PAGE {
            true => Self::mapped(layout).unwrap_or_else(|| Self::heap(layout)),
            false => Self::heap(layout),
        }
    }

    fn heap(layout: Layout) -> Self {
        assert!(layout.size() > 0, "a storage holds at least one cell");
        // SAFETY: the size is not zero.
        let start = unsafe { alloc::alloc_zeroed(layout) };
        Pages {
            start: NonNull::new(start).unwrap_or_else(|| handle_alloc_error(layout)),
            source: Source::Heap(layout),
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
        if let Source::Heap(layout) = self.source {
            // SAFETY: the bytes came from the heap with this layout, and nobody uses them any more.
            unsafe { alloc::dealloc(self.start.as_ptr(), layout) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_blocks_are_zero_and_aligned() {
        for size in [
            64,
            4096,
            2 * HUGE_PAGE - 64,
            2 * HUGE_PAGE,
            5 * HUGE_PAGE + 64,
        ] {
            let pages = Pages::zeroed(Layout::from_size_align(size, 64).unwrap());
            let start = pages.start().as_ptr();
            assert_eq!(start.align_offset(64), 0);
            assert_eq!(
                matches!(pages.source, Source::Mapped(_)),
                size >= 2 * HUGE_PAGE
            );
            // SAFETY: `zeroed` gave so many initialized bytes, which nobody else holds.
            let bytes = unsafe { std::slice::from_raw_parts_mut(start, size) };
            assert!(bytes.iter().all(|&byte| byte == 0));
            bytes.fill(1);
        }
    }
}
