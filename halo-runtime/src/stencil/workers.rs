//! The worker threads of a rank: one pool for all its operators, made when a sweep is first large enough.
//!
//! Which thread computes a point never shows in the result, so the number of workers is a matter of speed alone.

use std::cell::RefCell;
use std::rc::Rc;

/// Points below which a sweep is not worth handing to other threads.
const POINTS_PER_WORKER: usize = 1 << 14;

thread_local! {
    /// A rank is a thread (or a process): its pool belongs to it.
    static POOL: RefCell<Option<Rc<rayon::ThreadPool>>> = const { RefCell::new(None) };
}

/// In how many pieces a sweep of so many points is worth cutting.
pub(crate) fn pieces(threads: usize, points: usize) -> usize {
    threads.min(points / POINTS_PER_WORKER).max(1)
}

/// The rank's pool of so many workers; `None` if the system gives no threads.
pub(crate) fn pool(threads: usize) -> Option<Rc<rayon::ThreadPool>> {
    POOL.with_borrow_mut(|slot| {
        let fits = slot
            .as_ref()
            .is_some_and(|pool| pool.current_num_threads() == threads);
        if !fits {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            *slot = pool.ok().map(Rc::new);
        }
        slot.clone()
    })
}
