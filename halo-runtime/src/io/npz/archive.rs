//! An archive opened to read: its members found by name, stored ones where they lie, compressed ones unpacked.

use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;

use super::directory::{self, Entry, Method};
use super::record::damaged;
use crate::error::{Error, Result};
use crate::io::npy::Source;
use crate::io::target::{file_error, format_error};

pub(super) struct Archive {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
}

impl Archive {
    pub fn open(path: &Path) -> Result<Archive> {
        let mut file =
            File::open(path).map_err(|error| file_error(path, "cannot be opened", error))?;
        let entries = directory::decode(&mut file).map_err(|error| {
            damaged_or_unreadable(path, "is no .npz archive that can be read", error)
        })?;
        Ok(Archive {
            path: path.to_owned(),
            file,
            entries,
        })
    }

    /// Names of the arrays, without the ending `.npy` that they have in the archive.
    pub fn names(&self) -> Vec<String> {
        let names = self.entries.iter();
        let arrays = names.filter_map(|entry| entry.name.strip_suffix(".npy"));
        arrays.map(str::to_string).collect()
    }

    /// The array of that name.
    ///
    /// # Errors
    /// There is none, it is packed in a way unknown here, or damaged.
    pub fn source(mut self, name: &str) -> Result<Source> {
        let full = format!("{name}.npy");
        let Some(entry) = self.entries.iter().find(|entry| entry.name == full) else {
            let names = match self.names() {
                names if names.is_empty() => "none".into(),
                names => names.join(", "),
            };
            let message = format!("has no array `{name}`; it has {names}");
            return Err(format_error(&self.path, message));
        };
        let place = self.path.join(&full);
        let failed = |error| damaged_or_unreadable(&place, "is damaged", error);
        let data = entry.data(&mut self.file).map_err(failed)?;
        self.file.seek(SeekFrom::Start(data)).map_err(failed)?;
        match entry.method {
            Method::Stored => {
                let end = data.saturating_add(entry.size);
                let length = self.file.metadata().map_err(failed)?.len();
                Source::within(&place, Box::new(self.file), end.min(length))
            }
            Method::Deflated => {
                let bytes = unpack(&mut self.file, entry).map_err(failed)?;
                let end = bytes.len() as u64;
                Source::within(&place, Box::new(Cursor::new(bytes)), end)
            }
            Method::Unknown(number) => Err(format_error(
                &place,
                format!("is packed by method {number} or encrypted; write it with numpy.savez"),
            )),
        }
    }
}

/// The whole of a compressed member, which the file stands before.
fn unpack(file: &mut File, entry: &Entry) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let packed = file.take(entry.packed);
    // One byte more than it may have: what lies about its size is not unpacked for ever.
    let mut unpacked = DeflateDecoder::new(packed).take(entry.size.saturating_add(1));
    unpacked.read_to_end(&mut bytes)?;
    if bytes.len() as u64 != entry.size {
        return Err(damaged(
            "its bytes are more or fewer than its directory says",
        ));
    }
    if crc32fast::hash(&bytes) != entry.checksum {
        return Err(damaged(
            "its bytes have another checksum than its directory says",
        ));
    }
    Ok(bytes)
}

fn damaged_or_unreadable(path: &Path, damage: &str, error: io::Error) -> Error {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
            format_error(path, format!("{damage}: {error}"))
        }
        _ => file_error(path, "cannot be read", error),
    }
}
