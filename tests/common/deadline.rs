//! A deadline makes of a hang a failure.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// Runs a part of a test and ends the whole process where it takes more than so many seconds: a job that hangs holds
/// threads that nothing else can end.
pub fn within<R>(seconds: u64, body: impl FnOnce() -> R) -> R {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let (done, ended) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{test}: not over after {seconds} s, it hangs");
            std::process::exit(1);
        }
    });
    let result = body();
    drop(done);
    // The watch panics nowhere.
    let _ = watch.join();
    result
}
