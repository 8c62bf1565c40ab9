//! The MPI library of this process: when it may be called, by which thread, and how it ends.
//!
//! MPI keeps its state per process, so this does too.

use std::io::Write;
use std::os::raw::{c_char, c_int};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use ::mpi::Threading;
use ::mpi::environment::{self, is_finalized, is_initialized, threading_support};
use ::mpi::ffi;

use super::leftovers;
use crate::error::{Error, Result};

/// Held while a thread is inside MPI.
static ENTRY: Mutex<()> = Mutex::new(());

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// The rank, plus one, that this process is in a job that is not over: it may not leave, the others wait for it.
static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// How long MPI may take to finalise where calls are still open.
const FINALISATION: Duration = Duration::from_secs(10);

/// How long a process that ends the job waits for its messages to be passed on.
const LAST_WORDS: Duration = Duration::from_millis(200);

struct Library {
    level: Threading,
    /// The one thread that may call MPI where the level is `Funneled`.
    main: ThreadId,
}

/// The right to call MPI: the witness of rule M1.
pub(in crate::comm::mpi) struct Entered {
    _guard: MutexGuard<'static, ()>,
}

/// Starts MPI, unless the program has; it is finalised when the process exits.
///
/// Halo's own worker threads never call MPI, so `Funneled` suffices; `Serialized` is asked for, so that a program may
/// use its communicator from any thread, one at a time.
pub(in crate::comm::mpi) fn initialise() -> Result {
    if is_initialized() {
        return adopt();
    }
    if let Some((universe, level)) = ::mpi::initialize_with_threading(Threading::Serialized) {
        // Fields and operators may outlive every scope: `leave` finalises in place of the universe.
        std::mem::forget(universe);
        let main = thread::current().id();
        LIBRARY.get_or_init(|| Library { level, main });
        // SAFETY: `atexit` takes a function without arguments; `leave` neither unwinds nor relies on Rust's runtime.
        unsafe { atexit(leave) };
    }
    adopt()
}

/// Makes use of MPI that somebody has started, after a look at the thread level.
///
/// # Errors
/// MPI is not at work, or was started for one thread only, or for another than this one.
pub(in crate::comm::mpi) fn adopt() -> Result {
    if !is_initialized() || is_finalized() {
        return Err(not_at_work());
    }
    let level = threading_support();
    if level < Threading::Funneled {
        return Err(Error::Communication(
            "MPI was started for programs with a single thread, halo computes with several; \
             start it with `mpi::initialize_with_threading(Threading::Funneled)`"
                .into(),
        ));
    }
    if level < Threading::Serialized {
        let mut main = 0;
        // SAFETY: M1 but for the lock, which this call needs at no thread level; it writes one integer.
        unsafe { ffi::MPI_Is_thread_main(&mut main) };
        if main == 0 {
            return Err(wrong_thread());
        }
    }
    let main = thread::current().id();
    LIBRARY.get_or_init(|| Library { level, main });
    Ok(())
}

impl Entered {
    /// Waits until no other thread is inside MPI.
    ///
    /// # Errors
    /// MPI is not at work, or does not take calls from this thread.
    pub fn new() -> Result<Entered> {
        let library = LIBRARY.get().ok_or_else(not_at_work)?;
        if library.level < Threading::Serialized && thread::current().id() != library.main {
            return Err(wrong_thread());
        }
        let guard = ENTRY.lock().unwrap_or_else(PoisonError::into_inner);
        if is_finalized() {
            return Err(not_at_work());
        }
        Ok(Entered { _guard: guard })
    }

    /// Turns what a call returned into a result.
    pub fn check(&self, code: c_int) -> Result {
        if code == ffi::MPI_SUCCESS as c_int {
            return Ok(());
        }
        let mut text = [0u8; ffi::MPI_MAX_ERROR_STRING as usize + 1];
        let mut length = 0;
        // SAFETY: M1; the text has the room that MPI asks for.
        unsafe { ffi::MPI_Error_string(code, text.as_mut_ptr().cast::<c_char>(), &mut length) };
        let text = String::from_utf8_lossy(&text[..length as usize]);
        Err(Error::Communication(format!("MPI reports: {text}")))
    }
}

/// This process among all that were started together: its rank, and how many they are.
pub(in crate::comm::mpi) fn rank_in_world() -> (usize, usize) {
    let (mut rank, mut size) = (0, 1);
    if let Ok(_entered) = Entered::new() {
        // SAFETY: M1; the calls write one integer each.
        unsafe {
            ffi::MPI_Comm_rank(ffi::RSMPI_COMM_WORLD, &mut rank);
            ffi::MPI_Comm_size(ffi::RSMPI_COMM_WORLD, &mut size);
        }
    }
    (rank as usize, size as usize)
}

/// Which library this is, and how it runs here.
pub(in crate::comm::mpi) fn facts() -> Vec<(&'static str, String)> {
    let mut facts = vec![("MPI library", version())];
    if Entered::new().is_ok() {
        let (major, minor) = environment::version();
        facts.push(("MPI standard", format!("{major}.{minor}")));
        let level = format!("{:?}", environment::threading_support()).to_lowercase();
        facts.push(("thread level", level));
        facts.push(("host", environment::processor_name().unwrap_or_default()));
    }
    facts
}

/// The library's name and version, as it tells them in its first line.
pub(in crate::comm::mpi) fn version() -> String {
    let version = environment::library_version().unwrap_or_default();
    let line = version.lines().next().unwrap_or_default();
    line.replace('\t', " ").trim_matches(['\0', ' ']).to_owned()
}

/// Ends all processes of the job at once.
pub(in crate::comm::mpi) fn abort() -> ! {
    if is_initialized() && !is_finalized() {
        call_abort();
    }
    std::process::exit(1);
}

fn call_abort() {
    // Launchers drop what they have not yet passed on of a process that ends the job.
    thread::sleep(LAST_WORDS);
    // SAFETY: this call may interrupt any other, so it is made without the lock; M1 otherwise, as the callers see to.
    unsafe { ffi::MPI_Abort(ffi::RSMPI_COMM_WORLD, 1) };
}

/// Tells which rank this process is in a job that begins, or that there is none. A process that exits while it is at work
/// ends the job, since the others would wait for it.
pub(in crate::comm::mpi) fn at_work(rank: Option<usize>) {
    AT_WORK.store(rank.map_or(0, |rank| rank + 1), SeqCst);
}

/// The last thing this process does.
extern "C" fn leave() {
    if is_finalized() {
        return;
    }
    if let Some(rank) = AT_WORK.load(SeqCst).checked_sub(1) {
        let message = format!(
            "halo: rank {rank} ends the job: its process exits before the program is over\n"
        );
        let _ = std::io::stderr().write_all(message.as_bytes());
        call_abort();
        return;
    }
    if !leftovers::settle_for_good() {
        // Calls that not all ranks joined, as after a failure: libraries forget them, but need not. Aborting would be surer
        // if the launcher of Open MPI did not hang at times when processes abort.
        thread::spawn(|| {
            thread::sleep(FINALISATION);
            call_abort();
        });
    }
    // SAFETY: the process exits, so none of our threads calls MPI any more, but for an abort.
    unsafe { ffi::MPI_Finalize() };
}

unsafe extern "C" {
    fn atexit(function: extern "C" fn()) -> c_int;
}

fn not_at_work() -> Error {
    Error::Communication(
        "MPI is not at work: it was not started yet, or is finalised already; \
         apply operators before the program ends MPI"
            .into(),
    )
}

fn wrong_thread() -> Error {
    Error::Communication(
        "MPI was started for calls from its main thread only, and another thread uses a communicator; \
         use it on the main thread, or start MPI with `Threading::Serialized`"
            .into(),
    )
}
