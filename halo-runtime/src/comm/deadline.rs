//! Tests of what must never hang: a deadline makes a hang a failure.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Far more than any test here needs, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs a test's body; panics if it does not end in time.
pub(super) fn promptly<R: Send + 'static>(body: impl FnOnce() -> R + Send + 'static) -> R {
    let (done, result) = mpsc::channel();
    thread::spawn(move || done.send(body()));
    result
        .recv_timeout(DEADLINE)
        .expect("the job hangs, or the test's own thread panicked")
}
