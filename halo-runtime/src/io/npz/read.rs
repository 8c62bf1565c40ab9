//! Reading one array of an archive: every rank takes the numbers of its block.

use std::path::Path;

use ndarray::IntoDimension;

use super::archive::Archive;
use crate::error::Result;
use crate::field::Field;
use crate::grid::{Grid, Location};
use crate::io::npy::read_block;
use crate::scalar::Scalar;

/// Names of the arrays in an archive, in its order. No messages.
///
/// # Errors
/// The file cannot be read or is no archive.
pub fn names(path: impl AsRef<Path>) -> Result<Vec<String>> {
    Ok(Archive::open(path.as_ref())?.names())
}

/// The shape of an array of an archive, ready to be a grid's extent. No messages.
///
/// # Errors
/// As for [`names`]; no such array, or one of another number of axes than D.
pub fn shape<const D: usize>(path: impl AsRef<Path>, name: &str) -> Result<[usize; D]> {
    Archive::open(path.as_ref())?.source(name)?.shape()
}

/// Collective: the field in an array of an archive. One small message.
///
/// Of a stored array, as [`write`](super::write) and `numpy.savez` make them, each rank reads its block only; a compressed one
/// is unpacked whole by every rank. Numbers are converted as by [`npy::read`](crate::io::npy::read()).
///
/// # Errors
/// The same on every rank: those of [`names`] and of [`npy::read`](crate::io::npy::read()); no such array; a compressed one
/// that is damaged. Damage of a stored array is not noticed.
pub fn read<T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: impl AsRef<Path>,
    name: &str,
) -> Result<Field<T, D>>
where
    [usize; D]: IntoDimension,
{
    read_at(grid, path, name)
}

/// Collective: as [`read`], for the points of a location.
///
/// # Errors
/// As for [`read`]; the array's shape is to be the extent of the location.
pub fn read_at<L: Location, T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: impl AsRef<Path>,
    name: &str,
) -> Result<Field<T, D, L>>
where
    [usize; D]: IntoDimension,
{
    let source = Archive::open(path.as_ref()).and_then(|archive| archive.source(name));
    let field = source.and_then(|source| read_block(grid, source));
    grid.comm().agree(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::io::samples::Sample;
    use num_complex::Complex;

    /// As numpy.savez_compressed writes them, but that `stored` is not compressed.
    const ARCHIVE: &[u8] = include_bytes!("two_arrays.npz");

    #[test]
    fn stored_and_compressed_arrays_are_read() {
        let path = Sample::of_bytes("two-arrays", ARCHIVE);
        assert_eq!(names(&path).unwrap(), ["stored", "packed"]);
        for ranks in [1, 2, 5] {
            launch_on(ranks, |comm| {
                let grid = Grid::new(comm, shape::<2>(&path, "stored")?)?;
                let mut field = read::<f64, 2>(&grid, &path, "stored")?;
                field.update(|[i, j], cell| assert_eq!(*cell, (7 * i + j) as f64 / 4.0));
                let line = Grid::new(comm, shape::<1>(&path, "packed")?)?;
                assert_eq!(line.extent(), [300]);
                let mut field = read::<Complex<f64>, 1>(&line, &path, "packed")?;
                field.update(|[i], cell| {
                    assert_eq!(*cell, Complex::new(i as f64 / 2.0, (i % 5) as f64))
                });
                Ok(())
            })
            .unwrap();
        }
    }

    /// The message of reading an array there on 3 ranks, the same on all of them.
    fn refusal(path: &Path, name: &str) -> String {
        let errors = launch_all(3, |comm| {
            let grid = Grid::new(comm, [300])?;
            Ok(read::<f64, 1>(&grid, path, name).map(drop).unwrap_err())
        });
        let errors = errors.unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors[0].to_string()
    }

    #[test]
    fn what_cannot_be_read_is_refused_alike() {
        let path = Sample::of_bytes("refused", ARCHIVE);
        let message = refusal(&path, "velocity");
        assert!(
            message.contains("no array `velocity`; it has stored, packed"),
            "{message}"
        );
        let message = refusal(&path, "packed");
        assert!(
            message.contains("packed.npy") && message.contains("complex"),
            "{message}"
        );
        assert!(refusal(&path, "stored").contains("axes"));
        assert!(refusal(Path::new("no/such.npz"), "u").contains("cannot be opened"));
        let text = Sample::of_bytes("text", b"no archive, though long enough to hold one");
        assert!(refusal(&text, "u").contains("is no .npz archive"));
    }

    #[test]
    fn damage_of_compressed_arrays_is_found() {
        let method = ARCHIVE
            .windows(10)
            .rposition(|bytes| bytes == b"packed.npy")
            .unwrap()
            - 36;
        assert_eq!(ARCHIVE[method], 8);
        let change = |place: usize, value: u8, word: &str| {
            let mut damaged = ARCHIVE.to_vec();
            damaged[place] = value;
            let message = refusal(&Sample::of_bytes(word, &damaged), "packed");
            assert!(message.contains(word), "{message}");
        };
        change(method, 14, "method 14");
        // The checksum, then the size.
        change(method + 6, !ARCHIVE[method + 6], "checksum");
        change(method + 14, !ARCHIVE[method + 14], "more or fewer");
        change(method + 32, 1, "a member that is not there");
    }
}
