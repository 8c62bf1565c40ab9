//! Writing: rank 0 makes the file with its header, then every rank writes its rows where they belong.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use npyz::{DType, WriterBuilder};

use crate::error::Result;
use crate::field::Field;
use crate::grid::Location;
use crate::io::target::{Target, file_error};
use crate::scalar::Scalar;

/// Collective: writes a field as one `.npy` file in C order, in `T` and this machine's byte order.
///
/// An existing file is replaced once the new one is whole. Each rank writes its block only; three small messages. All
/// ranks must see the same file system.
///
/// # Errors
/// The same on every rank: a target that is read-only or a directory, a folder that is missing or read-only, a full disk.
pub fn write<T: Scalar, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    path: impl AsRef<Path>,
) -> Result {
    let (path, comm) = (path.as_ref(), field.grid().comm());
    let header = header::<T, D>(field.extent())
        .map_err(|error| file_error(path, "cannot be written", error))?;
    let target = Target::create(comm, path, &header)?;
    target.fill(|partial| {
        write_rows(field, partial, header.len() as u64, |_, _| ())?;
        Ok(Vec::new())
    })?;
    target.finish(|_| Ok(()))
}

/// The header for an array of that extent.
pub(in crate::io) fn header<T: Scalar, const D: usize>(extent: [usize; D]) -> io::Result<Vec<u8>> {
    let order = if cfg!(target_endian = "little") {
        '<'
    } else {
        '>'
    };
    let kind = if T::COMPLEX { 'c' } else { 'f' };
    let stored = format!("{order}{kind}{}", size_of::<T>()).parse();
    npyz::WriteOptions::new_header_only()
        .dtype(DType::Plain(stored.map_err(io::Error::other)?))
        .shape(&extent.map(|n| n as u64))
        .writer(Vec::new())
        .write_header_only()
}

/// Writes this rank's rows where they belong in an array that begins at byte `origin` of a file. `also` is given the place of
/// each row among the array's bytes, and its bytes.
pub(in crate::io) fn write_rows<T: Scalar, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    file: &Path,
    origin: u64,
    mut also: impl FnMut(u64, &[u8]),
) -> io::Result<()> {
    let (extent, first) = (field.extent(), field.block().start);
    let mut file = BufWriter::new(OpenOptions::new().write(true).open(file)?);
    let mut position = 0;
    for (row, cells) in field.rows() {
        let start = (0..D).fold(0, |number, axis| {
            number * extent[axis] as u64 + (first[axis] + row.index[axis]) as u64
        });
        let place = start * size_of::<T>() as u64;
        let target = origin + place;
        if target != position {
            file.seek(SeekFrom::Start(target))?;
        }
        let bytes = bytemuck::cast_slice(cells);
        file.write_all(bytes)?;
        also(place, bytes);
        position = target + bytes.len() as u64;
    }
    file.flush()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use num_complex::Complex;

    use super::super::{read, read_at, shape};
    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::grid::{Face, Grid};
    use crate::io::samples::Sample;
    use crate::io::target::beside;

    #[test]
    fn files_are_the_same_bytes_from_any_ranks_and_read_back() {
        let mut files = Vec::new();
        for ranks in [1, 3, 8, 27] {
            let path = Sample::nowhere(&format!("from-{ranks}"));
            launch_on(ranks, |comm| {
                let grid = Grid::builder(comm, [5, 6, 7])
                    .margin([[1, 1], [2, 0], [0, 3]])
                    .build()?;
                let field = grid.random::<f64>(7);
                write(&field, &path)?;
                let again = read::<f64, 3>(&grid, &path)?;
                assert_eq!(again.view(), field.view());
                Ok(())
            })
            .unwrap();
            assert!(!beside(&path, "partial").exists());
            files.push(fs::read(&path).unwrap());
        }
        assert!(files.iter().all(|file| *file == files[0]));
    }

    #[test]
    fn points_of_a_location_are_written_with_their_own_extent() {
        let path = Sample::nowhere("faces");
        launch_on(6, |comm| {
            let grid = Grid::new(comm, [5, 4])?;
            let field: Field<f64, 2, Face<1>> = grid.random_at(7);
            write(&field, &path)?;
            assert_eq!(shape(&path)?, [5, 5]);
            assert_eq!(
                read_at::<Face<1>, f64, 2>(&grid, &path)?.view(),
                field.view()
            );
            let error = read_at::<Face<0>, f64, 2>(&grid, &path).unwrap_err();
            assert!(
                matches!(error, crate::Error::ShapeMismatch { .. }),
                "{error:?}"
            );
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn the_file_is_what_numpy_would_write() {
        let path = Sample::nowhere("plain");
        launch_on(2, |comm| {
            let grid = Grid::new(comm, [2, 3])?;
            write(&grid.field(|[i, j]| (10 * i + j) as f32), &path)
        })
        .unwrap();
        let bytes = fs::read(&path).unwrap();
        let (header, numbers) = bytes.split_at(bytes.len() - 24);
        assert_eq!(&header[..8], b"\x93NUMPY\x01\x00");
        assert!(header.len().is_multiple_of(64) && header.ends_with(b"\n"));
        let order = if cfg!(target_endian = "little") {
            "<"
        } else {
            ">"
        };
        let text = String::from_utf8_lossy(&header[10..]);
        for part in [
            &format!("'descr': '{order}f4'"),
            "'fortran_order': False",
            "'shape': (2, 3",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(
            numbers,
            [0f32, 1., 2., 10., 11., 12.].map(f32::to_ne_bytes).concat()
        );
    }

    #[test]
    fn complex_numbers_are_written_as_they_are() {
        let path = Sample::nowhere("complex");
        launch_on(3, |comm| {
            let grid = Grid::new(comm, [4, 5])?;
            let field = grid.random::<Complex<f32>>(3);
            write(&field, &path)?;
            assert_eq!(read::<Complex<f32>, 2>(&grid, &path)?.view(), field.view());
            Ok(())
        })
        .unwrap();
        let bytes = fs::read(&path).unwrap();
        assert!(String::from_utf8_lossy(&bytes[..128]).contains("c8'"));
    }

    #[test]
    fn an_old_file_is_replaced_and_a_longer_one_leaves_nothing_behind() {
        let path = Sample::of_bytes("old", &[7; 5000]);
        launch_on(2, |comm| {
            write(&Grid::new(comm, [4])?.field(|[i]| i as f64), &path)?;
            assert_eq!(shape(&path)?, [4]);
            Ok(())
        })
        .unwrap();
        assert!(fs::metadata(&path).unwrap().len() < 200);
    }

    /// The message of writing there from 3 ranks, the same on all of them.
    fn refusal(path: &Path) -> String {
        let errors = launch_all(3, |comm| {
            let field = Grid::new(comm, [3, 4])?.zeros::<f64>();
            Ok(write(&field, path).unwrap_err())
        });
        let errors = errors.unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors[0].to_string()
    }

    #[test]
    fn targets_that_cannot_be_written_are_refused_alike() {
        let message = refusal(Path::new("no/such/folder/field.npy"));
        assert!(
            message.contains("no/such/folder/field.npy: cannot be created: No such file"),
            "{message}"
        );
        assert!(refusal(&std::env::temp_dir()).contains("is a directory"));
        let kept = Sample::of_bytes("kept", b"precious");
        let mut permissions = fs::metadata(&kept).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&kept, permissions).unwrap();
        assert!(refusal(&kept).contains("is read-only"));
        assert_eq!(fs::read(&kept).unwrap(), b"precious");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_reported_and_leaves_nothing_behind() {
        let path = Sample::nowhere("full");
        std::os::unix::fs::symlink("/dev/full", beside(&path, "partial")).unwrap();
        assert!(refusal(&path).contains("No space left"));
        assert!(fs::symlink_metadata(beside(&path, "partial")).is_err());
    }
}
