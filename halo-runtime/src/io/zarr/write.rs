//! Writing: rank 0 says what the array is, then every rank writes the chunks that begin in its block.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use ndarray::{ArrayD, IntoDimension, IxDyn};
use zarrs::array::{
    Array, ArrayBuilder, ArrayBytes, ArrayError, ArrayMetadataOptions, CodecOptions, DataType,
    FillValue, data_type,
};
use zarrs::filesystem::FilesystemStore;

use super::{
    assembly::{assemble, part, part_mut},
    chunks::Chunks,
    folder::Folder,
    format::Format,
};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Location, Region};
use crate::io::target::{check_alike, format_error};
use crate::scalar::Scalar;

/// Collective: writes a field as an array in a folder of its own, a chunk for each rank's block.
///
/// As [`write_as`] with [`Format::new`].
///
/// # Errors
/// As for [`write_as`].
pub fn write<T: Scalar, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    path: impl AsRef<Path>,
) -> Result
where
    [usize; D]: IntoDimension,
{
    write_as(field, path, &Format::new())
}

/// Collective: writes a field as an array in a folder of its own, as float32, float64, complex64 or complex128.
///
/// An array that is there is replaced once the new one is whole. A chunk is written by the rank in whose block it begins, so no
/// two ranks write one file; points of it that other ranks own are sent to that rank, at most one message between any two. A
/// rank holds its chunks once more for a moment. What is not written, past the end of the array, is NaN. All ranks must see
/// the same file system.
///
/// # Errors
/// The same on every rank: chunks without points, a compression level that does not exist, another format on one rank than on
/// another; a target that is there and no array of Zarr v3; a folder that is missing or read-only, a full disk.
pub fn write_as<T: Scalar, const D: usize, L: Location>(
    field: &Field<T, D, L>,
    path: impl AsRef<Path>,
    format: &Format<D>,
) -> Result
where
    [usize; D]: IntoDimension,
{
    let (path, grid) = (path.as_ref(), field.grid());
    let comm = grid.comm();
    let points = grid.decomposition().at(L::STAGGERING);
    let largest = std::array::from_fn(|axis| points.sizes(axis).max().unwrap_or(1));
    let checked = format
        .codecs()
        .and_then(|_| format.chunk_of(points.extent(), largest));
    let chunks = Chunks {
        extent: comm.agree(checked)?,
        points: &points,
    };
    let description = format!("{:?} {} {format:?}", points.extent(), T::NAME);
    check_alike(comm, path, description.as_bytes())?;
    let cells = assemble(field, &chunks)?;
    Folder::create(comm, path)?.fill(|partial| {
        let array = describe::<T, D>(partial, &chunks, format)?;
        if grid.rank() == 0 {
            let options = ArrayMetadataOptions::default().with_include_zarrs_metadata(false);
            array
                .store_metadata_opt(&options)
                .map_err(|error| wrong(path, error))?;
        }
        store(&array, &chunks, grid.rank(), cells).map_err(|error| wrong(path, error))
    })
}

type Stored = Array<FilesystemStore>;

/// The array as `zarrs` sees it, in a folder.
fn describe<T: Scalar, const D: usize>(
    folder: &Path,
    chunks: &Chunks<'_, D>,
    format: &Format<D>,
) -> Result<Stored> {
    let whole = chunks.points.extent().map(|n| n as u64);
    let chunk = chunks.extent.map(|n| n as u64);
    let fill = FillValue::new(bytemuck::bytes_of(&unwritten::<T>()).to_vec());
    let mut builder = ArrayBuilder::new(whole.to_vec(), chunk.to_vec(), stored_as::<T>(), fill);
    builder
        .bytes_to_bytes_codecs(format.codecs()?)
        .dimension_names(format.names());
    let store = FilesystemStore::new(folder).map_err(|error| wrong(folder, error))?;
    builder
        .build(Arc::new(store), "/")
        .map_err(|error| wrong(folder, error))
}

/// Writes a rank's chunks, of whose points these are the values.
fn store<T: Scalar, const D: usize>(
    array: &Stored,
    chunks: &Chunks<'_, D>,
    rank: usize,
    cells: ArrayD<T>,
) -> std::result::Result<(), ArrayError> {
    let mine = chunks.points_of(rank);
    // A rank computes on its own cores alone, and says nothing of chunks by leaving them out.
    let options = CodecOptions::default()
        .with_store_empty_chunks(true)
        .with_concurrent_target(1);
    let mut chunk = ArrayD::from_elem(IxDyn(&chunks.extent), unwritten::<T>());
    for index in chunks.of(rank).indices() {
        let held = chunks.within(&Region::new(index, index.map(|index| index + 1)));
        let inside = Region::of_extent(chunks.extent).shift(held.start);
        if held != inside {
            // Chunks at the end of the array are whole ones too.
            chunk.fill(unwritten());
        }
        part_mut(chunk.view_mut(), &inside, &held).assign(&part(cells.view(), &mine, &held));
        let values = chunk.as_slice().unwrap_or_default();
        let bytes = ArrayBytes::new_flen(bytemuck::cast_slice::<T, u8>(values));
        array.store_chunk_opt(&index.map(|index| index as u64), bytes, &options)?;
    }
    Ok(())
}

fn wrong(path: &Path, error: impl Display) -> Error {
    format_error(path, format!("cannot be written: {error}"))
}

/// What no rank has written: a chunk that is lost does not pass for zeros.
fn unwritten<T: Scalar>() -> T {
    let nan = <T::Real as Scalar>::from_f64(f64::NAN);
    T::from_parts(nan, nan)
}

fn stored_as<T: Scalar>() -> DataType {
    match (T::COMPLEX, size_of::<T::Real>()) {
        (false, 4) => data_type::float32(),
        (false, _) => data_type::float64(),
        (true, 4) => data_type::complex64(),
        (true, _) => data_type::complex128(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use num_complex::Complex;

    use super::*;
    use crate::comm::{Comm, launch_all, launch_on};
    use crate::grid::{Face, Grid};
    use crate::io::samples::Sample;
    use crate::io::target::beside;
    use crate::io::zarr::{read, read_at, shape};

    /// All files of a folder, by their names within it.
    fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_string();
            if path.is_dir() {
                let within = self::files(&path).into_iter();
                files.extend(within.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
            } else {
                files.insert(name, fs::read(path).unwrap());
            }
        }
        files
    }

    fn grid(comm: &Comm, process_grid: [usize; 3]) -> Result<Grid<3>> {
        let builder = Grid::builder(comm, [7, 9, 5]);
        builder.process_grid(process_grid).build()
    }

    #[test]
    fn arrays_are_the_same_files_from_any_ranks_and_read_back_on_any() {
        let grids = [
            [1, 1, 1],
            [2, 1, 1],
            [1, 3, 1],
            [2, 2, 2],
            [1, 1, 4],
            [7, 1, 1],
        ];
        for chunk in [[3, 4, 5], [1, 9, 2], [10, 2, 3]] {
            let mut first = None;
            for process_grid in grids {
                let path = Sample::nowhere(&format!("{chunk:?}-{process_grid:?}-zarr"));
                let ranks = process_grid.iter().product();
                launch_on(ranks, |comm| {
                    let field = grid(comm, process_grid)?.random::<f64>(3);
                    write_as(&field, &path, &Format::new().chunk(chunk))
                })
                .unwrap();
                let files = files(&path);
                let along = |axis: usize| [7usize, 9, 5][axis].div_ceil(chunk[axis]);
                assert_eq!(files.len(), 1 + along(0) * along(1) * along(2));
                assert_eq!(
                    *first.get_or_insert_with(|| files.clone()),
                    files,
                    "{process_grid:?}"
                );
                for process_grid in grids {
                    let ranks = process_grid.iter().product();
                    launch_on(ranks, |comm| {
                        let grid = grid(comm, process_grid)?;
                        assert_eq!(shape(&path)?, [7, 9, 5]);
                        let expected = grid.random::<f64>(3).map(f64::to_bits);
                        let found = read::<f64, 3>(&grid, &path)?.map(f64::to_bits);
                        assert_eq!(found.view(), expected.view());
                        Ok(())
                    })
                    .unwrap();
                }
            }
        }
    }

    #[test]
    fn a_chunk_is_a_block_if_nothing_is_said() {
        let path = Sample::nowhere("blocks-zarr");
        launch_on(6, |comm| {
            let grid = Grid::builder(comm, [8, 10]).process_grid([2, 3]).build()?;
            write(&grid.field(|[i, j]| (10 * i + j) as f32), &path)
        })
        .unwrap();
        let files = files(&path);
        let chunk = |rows: [usize; 2], columns: [usize; 3]| -> Vec<u8> {
            let cells = (rows[0]..rows[1]).flat_map(|i| {
                (columns[0]..columns[2]).map(move |j| match j < columns[1] {
                    true => (10 * i + j) as f32,
                    false => f32::NAN,
                })
            });
            cells.flat_map(f32::to_le_bytes).collect()
        };
        // Blocks of 4, 3 and 3 columns, so chunks of 4.
        assert_eq!(files["c/0/0"], chunk([0, 4], [0, 4, 4]));
        assert_eq!(files["c/1/1"], chunk([4, 8], [4, 8, 8]));
        assert_eq!(files["c/1/2"], chunk([4, 8], [8, 10, 12]));
        assert_eq!(files.len(), 7);
        let metadata = String::from_utf8_lossy(&files["zarr.json"]);
        for word in [
            "\"zarr_format\": 3",
            "\"float32\"",
            "\"NaN\"",
            "\"regular\"",
        ] {
            assert!(metadata.contains(word), "no {word} in {metadata}");
        }
    }

    /// Chunks are as large as the largest block: most ranks begin none, one begins several.
    #[test]
    fn blocks_of_any_sizes_are_written_and_read() {
        let path = Sample::nowhere("uneven.zarr");
        let splits: [[&[usize]; 2]; 3] = [
            [&[1, 6, 1, 1], &[2, 9]],
            [&[4, 1, 4], &[11]],
            [&[9], &[1, 1, 8, 1]],
        ];
        for written in splits {
            let ranks = |split: [&[usize]; 2]| split[0].len() * split[1].len();
            launch_on(ranks(written), |comm| {
                let grid = Grid::with_blocks(comm, written)?;
                write(&grid.random::<f64>(5), &path)
            })
            .unwrap();
            for read_as in splits {
                launch_on(ranks(read_as), |comm| {
                    let grid = Grid::with_blocks(comm, read_as)?;
                    let found = read::<f64, 2>(&grid, &path)?;
                    assert_eq!(found.view(), grid.random::<f64>(5).view());
                    Ok(())
                })
                .unwrap();
            }
        }
    }

    #[test]
    fn complex_numbers_and_other_locations_are_written_over_what_is_there() {
        let path = Sample::nowhere("complex-zarr");
        for seed in [1, 2] {
            launch_on(4, |comm| {
                let grid = Grid::new(comm, [6, 5])?;
                let field: Field<Complex<f32>, 2, Face<1>> = grid.random_at(seed);
                write(&field, &path)?;
                let found = read_at::<Face<1>, Complex<f32>, 2>(&grid, &path)?;
                assert_eq!(found.view(), field.view());
                let message = read_at::<Face<1>, f64, 2>(&grid, &path)
                    .unwrap_err()
                    .to_string();
                assert!(message.contains("complex"), "{message}");
                Ok(())
            })
            .unwrap();
        }
    }

    #[test]
    fn compressed_chunks_are_smaller_and_read_back() {
        let format = Format::new().chunk([45, 40]).axes(["depth", "time"]);
        for format in [format.clone().gzip(6), format.zstd(3)] {
            let path = Sample::nowhere("packed.zarr");
            launch_on(3, |comm| {
                let grid = Grid::new(comm, [90, 40])?;
                let field = grid.field(|[i, _]| (i / 10) as f64);
                write_as(&field, &path, &format)?;
                assert_eq!(read::<f64, 2>(&grid, &path)?.view(), field.view());
                Ok(())
            })
            .unwrap();
            let files = files(&path);
            assert!(files["c/1/0"].len() < 45 * 40);
            let metadata = String::from_utf8_lossy(&files["zarr.json"]);
            assert!(metadata.contains("\"dimension_names\"") && metadata.contains("\"time\""));
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_alike() {
        let refused = |path: &Path, format: &Format<2>| {
            let errors = launch_all(3, |comm| {
                let field = Grid::new(comm, [6, 4])?.zeros::<f64>();
                Ok(write_as(&field, path, format).unwrap_err())
            });
            let errors = errors.unwrap();
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
            errors[0].to_string()
        };
        let refusal = |path: &Path, chunk| refused(path, &Format::new().chunk(chunk));
        let path = Sample::nowhere("refused-zarr");
        assert!(refused(&path, &Format::new().gzip(10)).contains("levels are 0 to 9"));
        assert!(refused(&path, &Format::new().zstd(0)).contains("levels are 1 to 22"));
        assert!(refusal(&path, [0, 4]).contains("chunks of [0, 4]"));
        assert!(refusal(&path, [3, 0]).contains("chunks of [3, 0]"));
        let message = refusal(Path::new("no/such/folder/array.zarr"), [2, 2]);
        assert!(message.contains("cannot be created"), "{message}");
        let precious = Sample::of_bytes("precious-zarr", b"precious");
        assert!(refusal(&precious, [2, 2]).contains("no array of Zarr v3"));
        assert!(refusal(&std::env::temp_dir(), [2, 2]).contains("no array of Zarr v3"));
        assert_eq!(fs::read(&precious).unwrap(), b"precious");
    }

    #[test]
    fn a_failure_of_one_rank_is_that_of_all_and_leaves_what_was_there() {
        let path = Sample::nowhere("one-fails.zarr");
        for written in [false, true] {
            let errors = launch_all(3, |comm| {
                let folder = Folder::create(comm, &path)?;
                let part = |partial: &Path| match comm.rank() {
                    1 => Err(format_error(&path, "is full".into())),
                    rank => {
                        fs::write(partial.join(rank.to_string()), "half").unwrap();
                        Ok(())
                    }
                };
                Ok(folder.fill(part).unwrap_err())
            });
            for error in errors.unwrap() {
                assert!(matches!(error, Error::OnRank { rank: 1, .. }), "{error:?}");
            }
            assert!(!beside(&path, "partial").exists());
            assert_eq!(path.exists(), written);
            let grid = Grid::new(&Comm::solo(), [6]).unwrap();
            let field = grid.random::<f64>(1);
            match written {
                true => assert_eq!(read::<f64, 1>(&grid, &path).unwrap().view(), field.view()),
                false => write(&field, &path).unwrap(),
            }
        }
    }

    #[test]
    fn arrays_are_replaced_but_groups_of_them_are_not() {
        let path = Sample::nowhere("replaced.zarr");
        let with_slash = path.join("");
        let grid = Grid::new(&Comm::solo(), [8]).unwrap();
        // Left by runs that were killed.
        fs::create_dir_all(beside(&path, "partial").join("c/0")).unwrap();
        for chunk in [2, 4] {
            let format = Format::new().chunk([chunk]);
            write_as(&grid.random::<f32>(1), &with_slash, &format).unwrap();
            assert_eq!(files(&path).len(), 8 / chunk + 1);
        }
        assert!(!beside(&path, "partial").exists() && !beside(&path, "replaced").exists());
        let group = r#"{"zarr_format": 3, "node_type": "group"}"#;
        fs::write(path.join("zarr.json"), group).unwrap();
        let message = write(&grid.random::<f32>(1), &path)
            .unwrap_err()
            .to_string();
        assert!(message.contains("no array of Zarr v3"), "{message}");
        assert!(path.join("c/1").exists());
    }

    #[test]
    fn ranks_with_other_formats_are_refused_alike() {
        let path = Sample::nowhere("other-formats.zarr");
        let errors = launch_all(3, |comm| {
            let field = Grid::new(comm, [6, 4])?.zeros::<f64>();
            let format = Format::new().chunk([2 + comm.rank() / 2, 2]);
            Ok(write_as(&field, &path, &format).unwrap_err().to_string())
        });
        for message in errors.unwrap() {
            assert!(
                message.contains("rank 2 is to write something else"),
                "{message}"
            );
        }
    }
}
