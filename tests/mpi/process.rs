//! A process with a time limit: what it printed, and how it ended.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How a process ended.
pub struct Outcome {
    pub succeeded: bool,
    /// What it printed, and then what it complained of.
    pub printed: String,
}

/// Runs a command.
///
/// # Errors
/// It cannot be started, or does not end in time.
pub fn run(mut command: Command, limit: Duration) -> Result<Outcome, String> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let (out, complaints) = (reader(child.stdout.take()), reader(child.stderr.take()));
    let start = Instant::now();
    let status = loop {
        match child.try_wait().map_err(|error| error.to_string())? {
            Some(status) => break Some(status),
            None if start.elapsed() > limit => break None,
            None => thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.is_none() {
        end(&mut child);
    }
    let text = |reader: JoinHandle<String>| reader.join().unwrap_or_default();
    let printed = format!("{}{}", text(out), text(complaints));
    match status {
        Some(status) => Ok(Outcome {
            succeeded: status.success(),
            printed,
        }),
        None => Err(format!(
            "not over after {} s, it hangs\n{printed}",
            limit.as_secs()
        )),
    }
}

/// Asks a launcher to end its ranks, then makes sure of it.
fn end(child: &mut Child) {
    let id = child.id().to_string();
    Command::new("kill").arg(id).status().ok();
    thread::sleep(Duration::from_secs(3));
    child.kill().ok();
    child.wait().ok();
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.read_to_end(&mut bytes).ok();
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
