//! Files to test with, their bytes laid down by hand so that reader and writer are not each other's only witness.

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A file or folder that is removed when the test ends.
pub(super) struct Sample(PathBuf);

impl Sample {
    /// A name that nothing has yet, nor any other sample of all tests.
    pub fn nowhere(name: &str) -> Sample {
        let (process, count) = (process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Sample(std::env::temp_dir().join(format!("halo-{process}-{count}-{name}")))
    }

    /// A file of those bytes.
    pub fn of_bytes(name: &str, bytes: &[u8]) -> Sample {
        let sample = Sample::nowhere(name);
        fs::write(&*sample, bytes).unwrap();
        sample
    }

    /// A `.npy` file of format 1.0 with that dictionary.
    pub fn of_array(name: &str, dictionary: &str, numbers: &[u8]) -> Sample {
        let length = (dictionary.len() as u16).to_le_bytes();
        let parts = [
            b"\x93NUMPY\x01\x00",
            &length[..],
            dictionary.as_bytes(),
            numbers,
        ];
        Sample::of_bytes(name, &parts.concat())
    }
}

impl Deref for Sample {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Sample {
    fn as_ref(&self) -> &Path {
        self
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = match self.0.is_dir() {
            true => fs::remove_dir_all(&self.0),
            false => fs::remove_file(&self.0),
        };
    }
}
