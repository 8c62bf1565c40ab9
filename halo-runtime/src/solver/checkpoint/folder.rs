//! Folders that are whole or not there: a new one grows beside the old one, then takes its place.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::saved::FILE;
use crate::error::{Error, Result};

/// The name under which the new folder grows.
pub(super) fn partial(folder: &Path) -> PathBuf {
    beside(folder, ".halo-partial")
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    // Without a slash at the end, behind which the name would lie in the folder.
    let mut name = OsString::from(folder.components().as_path());
    name.push(ending);
    name.into()
}

/// An empty folder beside the target, in the place of what an interrupted program may have left.
pub(super) fn create(folder: &Path) -> Result {
    if folder.exists() && !folder.join(FILE).exists() {
        return Err(Error::File {
            path: folder.to_owned(),
            message: "exists and holds no saved state; choose another name".into(),
        });
    }
    let partial = partial(folder);
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(failed(&partial, "cannot be replaced"))?;
    }
    fs::create_dir(&partial).map_err(failed(folder, "cannot be created"))
}

/// Puts the new folder in the old one's place, which is there until the new one is.
pub(super) fn replace(folder: &Path) -> Result {
    let old = beside(folder, ".halo-old");
    let failed = || failed(folder, "cannot be replaced");
    if folder.exists() {
        if old.exists() {
            fs::remove_dir_all(&old).map_err(failed())?;
        }
        fs::rename(folder, &old).map_err(failed())?;
    }
    fs::rename(partial(folder), folder).map_err(failed())?;
    if old.exists() {
        fs::remove_dir_all(&old).map_err(failed())?;
    }
    Ok(())
}

pub(super) fn failed(path: &Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::File {
        path,
        message: format!("{what}: {error}"),
    }
}
