//! A file that all ranks write: it grows beside its target and takes the target's name when all of them have succeeded, so
//! that a file of that name is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::comm::Comm;
use crate::error::{Error, Result};

pub(super) struct Target<'a> {
    comm: &'a Comm,
    path: PathBuf,
    partial: PathBuf,
}

impl<'a> Target<'a> {
    /// Collective: rank 0 makes the file, with these bytes at its beginning.
    ///
    /// # Errors
    /// The same on every rank: a target that is read-only or a directory, a folder that is missing or read-only.
    pub fn create(comm: &'a Comm, path: &Path, beginning: &[u8]) -> Result<Target<'a>> {
        let target = Target {
            comm,
            path: path.to_owned(),
            partial: beside(path, "partial"),
        };
        let created = match target.leads() {
            true => target.make(beginning),
            false => Ok(()),
        };
        let created = comm.agree(created);
        if created.is_err() {
            target.discard();
        }
        created.map(|()| target)
    }

    /// Collective: every rank does its part of the writing, in the file of the name that it is given, at places of its own.
    /// The ranks' results, in their order; where one fails, nothing is left.
    ///
    /// # Errors
    /// The same on every rank.
    pub fn fill(&self, part: impl FnOnce(&Path) -> io::Result<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
        let mine = part(&self.partial).map_err(|error| self.failed(error));
        let filled = self.comm.agree(mine);
        let gathered = filled.and_then(|mine| self.comm.all_gather(&mine));
        if gathered.is_err() {
            self.discard();
        }
        gathered
    }

    /// Collective: puts the file in the place of its target, after rank 0 has added what is left to add.
    ///
    /// # Errors
    /// The same on every rank.
    pub fn finish(self, add: impl FnOnce(&Path) -> io::Result<()>) -> Result {
        let replaced = match self.leads() {
            true => add(&self.partial).and_then(|()| fs::rename(&self.partial, &self.path)),
            false => Ok(()),
        };
        let replaced = self
            .comm
            .agree(replaced.map_err(|error| self.failed(error)));
        if replaced.is_err() {
            self.discard();
        }
        replaced
    }

    fn make(&self, beginning: &[u8]) -> Result {
        let failed = |error| file_error(&self.path, "cannot be created", error);
        match fs::metadata(&self.path) {
            Ok(target) if target.is_dir() => {
                return Err(failed(io::ErrorKind::IsADirectory.into()));
            }
            Ok(target) if target.permissions().readonly() => {
                return Err(Error::File {
                    path: self.path.clone(),
                    message: "is read-only; choose another name".into(),
                });
            }
            _ => {}
        }
        File::create(&self.partial)
            .and_then(|mut file| file.write_all(beginning))
            .map_err(failed)
    }

    /// Leaves nothing behind. The error to report is the one that led here, not one of cleaning up.
    fn discard(&self) {
        if self.leads() {
            let _ = fs::remove_file(&self.partial);
        }
    }

    fn leads(&self) -> bool {
        self.comm.rank() == 0
    }

    fn failed(&self, error: io::Error) -> Error {
        file_error(&self.path, "cannot be written", error)
    }
}

/// The name of a file or folder beside another, with something added to its name.
pub(super) fn beside(path: &Path, added: &str) -> PathBuf {
    // Of `folder/` too, the name alone.
    let mut name = OsString::from(path.file_name().unwrap_or(path.as_os_str()));
    name.push(".");
    name.push(added);
    path.with_file_name(name)
}

/// Collective: refuses ranks that describe a file to be written in different ways.
///
/// # Errors
/// The same on every rank.
pub(super) fn check_alike(comm: &Comm, path: &Path, description: &[u8]) -> Result {
    let descriptions = comm.all_gather(description)?;
    match descriptions
        .iter()
        .position(|other| *other != descriptions[0])
    {
        None => Ok(()),
        Some(rank) => Err(Error::Invalid(format!(
            "{}: rank {rank} is to write something else there than rank 0; call with the same arguments on all ranks",
            path.display()
        ))),
    }
}

/// An error about a file that the operating system refuses.
pub(super) fn file_error(path: &Path, what: &str, error: io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        message: format!("{what}: {error}"),
    }
}

/// An error about what a file holds.
pub(super) fn format_error(path: &Path, message: String) -> Error {
    Error::FileFormat {
        path: path.to_owned(),
        message,
    }
}
