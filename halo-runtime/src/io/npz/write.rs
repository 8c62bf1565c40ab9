//! Writing: the place of every array is known beforehand, so every rank writes its rows of all of them; rank 0 adds what
//! makes them an archive.

use std::fs::OpenOptions;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::{
    checksum::Checksum,
    directory::{self, Entry},
};
use crate::comm::Comm;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::Location;
use crate::io::npy::{header, write_rows};
use crate::io::target::{Target, check_alike, file_error};
use crate::scalar::Scalar;

/// Collective: writes fields, of any scalars and numbers of axes, as arrays of one archive under their names.
///
/// An existing file is replaced once the new one is whole. Each rank writes its blocks only; a few small messages. Equal
/// fields make equal files, from any ranks. All ranks must see the same file system.
///
/// # Errors
/// The same on every rank: a name that is empty, too long, used twice, or holds `/`, `\` or a zero byte; other names or
/// arrays on one rank than on another; fields of different jobs; no field; a target that is read-only or a directory, a
/// folder that is missing or read-only, a full disk.
pub fn write(path: impl AsRef<Path>, fields: &[(&str, &dyn Member)]) -> Result {
    let path = path.as_ref();
    let Some((_, first)) = fields.first() else {
        return Err(Error::Invalid(format!(
            "{}: an archive of no field is to be written; give one at least",
            path.display()
        )));
    };
    let comm = first.comm();
    let (headers, mut entries) = comm.agree(layout(path, fields, comm))?;
    check_alike(comm, path, &directory::encode(&entries, 0))?;
    let target = Target::create(comm, path, &[])?;
    let parts = target.fill(|partial| {
        let mut sums = Vec::new();
        for (((_, field), header), entry) in fields.iter().zip(&headers).zip(&entries) {
            let origin = entry.place + entry.header().len() as u64;
            let mut sum = Checksum::new();
            if comm.rank() == 0 {
                sum.add(0, header);
            }
            let first = header.len() as u64;
            field.write_rows(partial, origin + first, &mut |place, bytes| {
                sum.add(first + place, bytes);
            })?;
            sums.extend(sum.finish(entry.size).to_le_bytes());
        }
        Ok(sums)
    })?;
    for (k, entry) in entries.iter_mut().enumerate() {
        let of_rank = |part: &Vec<u8>| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&part[4 * k..4 * k + 4]);
            u32::from_le_bytes(bytes)
        };
        let sums: Vec<u32> = parts.iter().map(of_rank).collect();
        entry.checksum = Checksum::of_all(&sums, entry.size);
    }
    target.finish(|partial| {
        let mut file = OpenOptions::new().write(true).open(partial)?;
        for (entry, header) in entries.iter().zip(&headers) {
            file.seek(SeekFrom::Start(entry.place))?;
            file.write_all(&entry.header())?;
            file.write_all(header)?;
        }
        let end = entries.last().map_or(0, end);
        file.seek(SeekFrom::Start(end))?;
        file.write_all(&directory::encode(&entries, end))
    })
}

/// The header of each array, and where it lies.
fn layout(
    path: &Path,
    fields: &[(&str, &dyn Member)],
    comm: &Comm,
) -> Result<(Vec<Vec<u8>>, Vec<Entry>)> {
    let (mut headers, mut entries) = (Vec::new(), Vec::<Entry>::new());
    for (k, (name, field)) in fields.iter().enumerate() {
        let refuse = |message: &str| {
            let path = path.display();
            Err(Error::Invalid(format!(
                "{path}: the array `{name}` {message}"
            )))
        };
        if name.is_empty() || name.len() > 1000 || name.contains(['/', '\\', '\0']) {
            return refuse("has a name that is no file's; give it a short one without slashes");
        }
        if fields[..k].iter().any(|(other, _)| other == name) {
            return refuse("is there twice; give each array a name of its own");
        }
        if field.comm() != comm {
            return refuse("lies on other ranks than the first; write it to a file of its own");
        }
        let header = field
            .header()
            .map_err(|error| file_error(path, "cannot be written", error))?;
        let size = header.len() as u64 + field.bytes();
        let place = entries.last().map_or(0, end);
        entries.push(Entry::stored(format!("{name}.npy"), size, place));
        headers.push(header);
    }
    Ok((headers, entries))
}

/// Where a member ends.
fn end(entry: &Entry) -> u64 {
    entry.place + entry.header().len() as u64 + entry.size
}

/// A field that can be written as an array of an archive; nobody need implement it.
pub trait Member: sealed::Member {}

impl<T: Scalar, const D: usize, L: Location> Member for Field<T, D, L> {}

mod sealed {
    use super::*;

    pub trait Member {
        fn comm(&self) -> &Comm;
        /// The header of the `.npy` format.
        fn header(&self) -> io::Result<Vec<u8>>;
        /// Of all numbers.
        fn bytes(&self) -> u64;
        /// Writes this rank's rows into an array that begins at byte `origin` of a file, and shows them.
        fn write_rows(
            &self,
            file: &Path,
            origin: u64,
            also: &mut dyn FnMut(u64, &[u8]),
        ) -> io::Result<()>;
    }

    impl<T: Scalar, const D: usize, L: Location> Member for Field<T, D, L> {
        fn comm(&self) -> &Comm {
            self.grid().comm()
        }

        fn header(&self) -> io::Result<Vec<u8>> {
            header::<T, D>(self.extent())
        }

        fn bytes(&self) -> u64 {
            let points = self.extent().iter().map(|n| *n as u64).product::<u64>();
            points * size_of::<T>() as u64
        }

        fn write_rows(
            &self,
            file: &Path,
            origin: u64,
            also: &mut dyn FnMut(u64, &[u8]),
        ) -> io::Result<()> {
            write_rows(self, file, origin, also)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::grid::{Face, Grid};
    use crate::io::npz::{read, read_at};
    use crate::io::samples::Sample;
    use num_complex::Complex;

    #[test]
    fn archives_are_the_same_bytes_from_any_ranks_and_read_back() {
        let mut files = Vec::new();
        for ranks in [1, 2, 3, 4, 8] {
            let path = Sample::nowhere(&format!("archive-{ranks}"));
            launch_on(ranks, |comm| {
                let grid = Grid::new(comm, [5, 6, 7])?;
                let line = Grid::builder(comm, [11]).margin([[2, 1]]).build()?;
                let u = grid.random::<f64>(7);
                let v: Field<f32, 3, Face<1>> = grid.random_at(8);
                let w = line.random::<Complex<f64>>(9);
                write(&path, &[("u", &u), ("v", &v), ("w", &w)])?;
                assert_eq!(read::<f64, 3>(&grid, &path, "u")?.view(), u.view());
                let again = read_at::<Face<1>, f32, 3>(&grid, &path, "v")?;
                assert_eq!(again.view(), v.view());
                let again = read::<Complex<f64>, 1>(&line, &path, "w")?;
                assert_eq!(again.view(), w.view());
                Ok(())
            })
            .unwrap();
            files.push(fs::read(&path).unwrap());
        }
        assert!(files.iter().all(|file| *file == files[0]));
        // The checksums are those of the members' bytes.
        let entries = directory::decode(&mut io::Cursor::new(&files[0])).unwrap();
        for entry in entries {
            let data = entry.data(&mut io::Cursor::new(&files[0])).unwrap() as usize;
            let member = &files[0][data..][..entry.size as usize];
            assert_eq!(crc32fast::hash(member), entry.checksum, "{}", entry.name);
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_alike() {
        let refusal = |path: &Path, names: &[&str]| {
            let errors = launch_all(3, |comm| {
                let field = Grid::new(comm, [3, 4])?.zeros::<f64>();
                let fields: Vec<(&str, &dyn Member)> = names
                    .iter()
                    .map(|name| (*name, &field as &dyn Member))
                    .collect();
                Ok(write(path, &fields).unwrap_err())
            });
            let errors = errors.unwrap();
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
            errors[0].to_string()
        };
        let path = Sample::nowhere("refused-archive");
        assert!(refusal(&path, &[]).contains("no field"));
        assert!(refusal(&path, &["u", "v", "u"]).contains("`u` is there twice"));
        assert!(refusal(&path, &["../u"]).contains("slashes"));
        assert!(refusal(Path::new("no/such/u.npz"), &["u"]).contains("cannot be created"));
        assert!(!path.exists());
    }

    #[test]
    fn ranks_that_write_different_arrays_are_refused_alike() {
        let path = Sample::nowhere("different-archives");
        let errors = launch_all(3, |comm| {
            let field = Grid::new(comm, [3, 4])?.zeros::<f64>();
            let fields: [(&str, &dyn Member); 2] = [("u", &field), ("v", &field)];
            let given = if comm.rank() == 1 { 1 } else { 2 };
            Ok(write(&path, &fields[..given]).unwrap_err().to_string())
        });
        let errors = errors.unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        assert!(
            errors[0].contains("rank 1 is to write something else"),
            "{errors:?}"
        );
        assert!(!path.exists());
    }
}
