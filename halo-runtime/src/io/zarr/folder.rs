//! The folder of an array that all ranks write: it grows beside its target and takes the target's name when all of them have
//! succeeded, so that a folder of that name holds a whole array.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zarrs::config::MetadataRetrieveVersion;
use zarrs::filesystem::FilesystemStore;
use zarrs::node::{Node, NodeMetadata};

use crate::comm::Comm;
use crate::error::{Error, Result};
use crate::io::target::{beside, file_error};

pub(super) struct Folder<'a> {
    comm: &'a Comm,
    path: PathBuf,
    partial: PathBuf,
}

impl<'a> Folder<'a> {
    /// Collective: rank 0 makes an empty folder.
    ///
    /// # Errors
    /// The same on every rank: a target that is there and no array of Zarr v3, which is not to be deleted by mistake; a
    /// folder around it that is missing or read-only.
    pub fn create(comm: &'a Comm, path: &Path) -> Result<Folder<'a>> {
        let folder = Folder {
            comm,
            path: path.to_owned(),
            partial: beside(path, "partial"),
        };
        let created = match folder.leads() {
            true => folder.make(),
            false => Ok(()),
        };
        comm.agree(created).map(|()| folder)
    }

    /// Collective: every rank does its part in the folder of the name that it is given; then it takes the target's place.
    /// Where one rank fails, nothing is left, and what was there before stays.
    ///
    /// # Errors
    /// The same on every rank.
    pub fn fill(self, part: impl FnOnce(&Path) -> Result) -> Result {
        let filled = self.comm.agree(part(&self.partial));
        let replaced = filled.and_then(|()| {
            let replaced = match self.leads() {
                true => self.replace(),
                false => Ok(()),
            };
            let failed = |error| file_error(&self.path, "cannot be written", error);
            self.comm.agree(replaced.map_err(failed))
        });
        if replaced.is_err() && self.leads() {
            // The error to report is the one that led here, not one of cleaning up.
            let _ = fs::remove_dir_all(&self.partial);
        }
        replaced
    }

    fn make(&self) -> Result {
        let failed = |error| file_error(&self.path, "cannot be created", error);
        if self.path.exists() && !is_array(&self.path) {
            return Err(Error::File {
                path: self.path.clone(),
                message: "is there already, and no array of Zarr v3; choose another name".into(),
            });
        }
        // Left by a run that was killed.
        remove(&self.partial).map_err(failed)?;
        fs::create_dir(&self.partial).map_err(failed)
    }

    /// An array that is there is set aside until the new one has its name: to delete it may fail half-way.
    fn replace(&self) -> io::Result<()> {
        if !self.path.exists() {
            return fs::rename(&self.partial, &self.path);
        }
        let aside = beside(&self.path, "replaced");
        remove(&aside)?;
        fs::rename(&self.path, &aside)?;
        if let Err(error) = fs::rename(&self.partial, &self.path) {
            fs::rename(&aside, &self.path)?;
            return Err(error);
        }
        remove(&aside)
    }

    fn leads(&self) -> bool {
        self.comm.rank() == 0
    }
}

/// Whether a folder holds an array, though perhaps one of a kind that cannot be read here; a group holds many of them.
fn is_array(path: &Path) -> bool {
    let Ok(store) = FilesystemStore::new(path) else {
        return false;
    };
    let node = Node::open_opt(&Arc::new(store), "/", &MetadataRetrieveVersion::V3);
    node.is_ok_and(|node| matches!(node.metadata(), NodeMetadata::Array(_)))
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
