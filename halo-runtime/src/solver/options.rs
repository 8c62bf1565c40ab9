//! What every solver can be told, whatever its method: where to start, when to stop, whom to tell.

use super::Stop;
use super::watch::Watch;

/// The choices that all solvers share, set through the methods of [`Solver`](super::Solver). A solver keeps them for its
/// run and need not look at them.
pub struct Options<'a, X> {
    pub(super) start: Option<X>,
    pub(super) stop: Stop,
    pub(super) progress: bool,
    pub(super) watch: Option<Watch<'a, X>>,
}

/// From zero, to the default tolerance, with a progress bar, without a callback.
impl<X> Default for Options<'_, X> {
    fn default() -> Self {
        Options {
            start: None,
            stop: Stop::default(),
            progress: true,
            watch: None,
        }
    }
}
