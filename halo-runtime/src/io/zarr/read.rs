//! Reading: every rank decodes the chunks that its block touches.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use ndarray::IntoDimension;
use num_complex::Complex;
use num_traits::AsPrimitive;
use zarrs::array::{Array, ArraySubset, CodecOptions, ElementOwned};
use zarrs::filesystem::FilesystemStore;
use zarrs::plugin::{ExtensionName, ZarrVersion};

use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Grid, Location};
use crate::io::target::format_error;
use crate::scalar::Scalar;

/// The shape of an array, ready to be a grid's extent. Reads what the array says of itself; no messages.
///
/// # Errors
/// There is no array in the folder, or one of another number of axes than D.
pub fn shape<const D: usize>(path: impl AsRef<Path>) -> Result<[usize; D]> {
    let path = path.as_ref();
    extent(path, &open(path)?)
}

/// Collective: the field in an array. One small message.
///
/// Integers of 8 to 64 bits, floats of 32 and 64 and complex numbers of either are converted as by
/// [`npy::read`](crate::io::npy::read()). Each rank opens the chunks that its block touches, and reads its part of them, or the
/// whole where they are compressed. It holds its block twice for a moment. A chunk that is missing holds the array's fill
/// value, which is NaN where this library wrote it.
///
/// # Errors
/// The same on every rank: there is no array in the folder, it is damaged or compressed in a way that this build does not know,
/// holds something else than such numbers, complex ones where `T` is real, or an array whose shape is not the grid's extent.
pub fn read<T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: impl AsRef<Path>,
) -> Result<Field<T, D>>
where
    [usize; D]: IntoDimension,
{
    read_at(grid, path)
}

/// Collective: as [`read`], for the points of a location.
///
/// # Errors
/// As for [`read`]; the array's shape is to be the extent of the location.
pub fn read_at<L: Location, T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: impl AsRef<Path>,
) -> Result<Field<T, D, L>>
where
    [usize; D]: IntoDimension,
{
    let path = path.as_ref();
    grid.comm().agree(guarded(path, || read_block(grid, path)))
}

type Stored = Array<FilesystemStore>;

fn read_block<L: Location, T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: &Path,
) -> Result<Field<T, D, L>>
where
    [usize; D]: IntoDimension,
{
    let array = open(path)?;
    let (found, expected) = (extent::<D>(path, &array)?, grid.extent_at::<L>());
    if found != expected {
        return Err(Error::ShapeMismatch {
            what: format!("the array in {}", path.display()),
            expected: expected.to_vec(),
            found: found.to_vec(),
        });
    }
    let name = array.data_type().name(ZarrVersion::V3).unwrap_or_default();
    if name.starts_with("complex") && !T::COMPLEX {
        return Err(format_error(
            path,
            format!(
                "holds complex numbers, {name}, and a field of {} is to be read; make it one of complex numbers",
                T::NAME
            ),
        ));
    }
    let mut field = grid.zeros_at::<L, T>();
    let target = &mut field;
    match &*name {
        "float32" => real::<f32, T, D, L>(path, &array, target)?,
        "float64" => real::<f64, T, D, L>(path, &array, target)?,
        "int8" => real::<i8, T, D, L>(path, &array, target)?,
        "int16" => real::<i16, T, D, L>(path, &array, target)?,
        "int32" => real::<i32, T, D, L>(path, &array, target)?,
        "int64" => real::<i64, T, D, L>(path, &array, target)?,
        "uint8" => real::<u8, T, D, L>(path, &array, target)?,
        "uint16" => real::<u16, T, D, L>(path, &array, target)?,
        "uint32" => real::<u32, T, D, L>(path, &array, target)?,
        "uint64" => real::<u64, T, D, L>(path, &array, target)?,
        "complex64" | "complex_float32" => complex::<f32, T, D, L>(path, &array, target)?,
        "complex128" | "complex_float64" => complex::<f64, T, D, L>(path, &array, target)?,
        _ => {
            return Err(format_error(
                path,
                format!(
                    "holds values of type {name}; convert them to integers of 8 to 64 bits, floats or complex numbers of 32 or 64"
                ),
            ));
        }
    }
    Ok(field)
}

fn real<V, T, const D: usize, L: Location>(
    path: &Path,
    array: &Stored,
    field: &mut Field<T, D, L>,
) -> Result
where
    V: ElementOwned + AsPrimitive<f64>,
    T: Scalar,
{
    fill(path, array, field, |number: V| T::from_f64(number.as_()))
}

fn complex<V, T, const D: usize, L: Location>(
    path: &Path,
    array: &Stored,
    field: &mut Field<T, D, L>,
) -> Result
where
    Complex<V>: ElementOwned,
    V: AsPrimitive<f64>,
    T: Scalar,
{
    let part = |number: V| <T::Real as Scalar>::from_f64(number.as_());
    fill(path, array, field, |number: Complex<V>| {
        T::from_parts(part(number.re), part(number.im))
    })
}

/// Fills the owned cells.
fn fill<V: ElementOwned, T: Scalar, const D: usize, L: Location>(
    path: &Path,
    array: &Stored,
    field: &mut Field<T, D, L>,
    convert: impl Fn(V) -> T,
) -> Result {
    let block = field.block();
    let ranges: [_; D] =
        std::array::from_fn(|axis| block.start[axis] as u64..block.end[axis] as u64);
    let subset = ArraySubset::new_with_ranges(&ranges);
    let options = CodecOptions::default().with_concurrent_target(1);
    let numbers: Vec<V> = array
        .retrieve_array_subset_opt(&subset, &options)
        .map_err(|error| wrong(path, &error))?;
    let mut numbers = numbers.into_iter();
    for (_, row) in field.rows_mut() {
        for (cell, number) in row.iter_mut().zip(&mut numbers) {
            *cell = convert(number);
        }
    }
    Ok(())
}

fn open(path: &Path) -> Result<Stored> {
    if !path.is_dir() {
        return Err(Error::File {
            path: path.to_owned(),
            message: "is no folder; give that of a Zarr array".into(),
        });
    }
    guarded(path, || {
        let store = FilesystemStore::new(path).map_err(|error| wrong(path, &error))?;
        Array::open(Arc::new(store), "/").map_err(|error| wrong(path, &error))
    })
}

fn extent<const D: usize>(path: &Path, array: &Stored) -> Result<[usize; D]> {
    let shape = array.shape();
    let axes: Option<Vec<_>> = shape.iter().map(|n| usize::try_from(*n).ok()).collect();
    axes.and_then(|axes| axes.try_into().ok()).ok_or_else(|| {
        let axes = shape.len();
        format_error(
            path,
            format!("holds an array of {axes} axes, {shape:?}; {D} axes are needed here"),
        )
    })
}

/// What a damaged array makes `zarrs` panic about is an error here.
fn guarded<R>(path: &Path, read: impl FnOnce() -> Result<R>) -> Result<R> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(wrong(path, &"it makes no sense")))
}

fn wrong(path: &Path, error: &dyn std::fmt::Display) -> Error {
    format_error(path, format!("is no Zarr array that can be read: {error}"))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;
    use crate::comm::{Comm, launch_all, launch_on};
    use crate::io::samples::Sample;

    const METADATA: &str = r#"{
        "zarr_format": 3, "node_type": "array", "shape": [4, 3], "data_type": "int16",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 7, "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]
    }"#;

    /// An array laid down by hand: its values count up, but for the last chunk, which is missing.
    fn laid(metadata: &str, pack: impl Fn(Vec<u8>) -> Vec<u8>) -> Sample {
        let folder = Sample::nowhere("laid.zarr");
        for (i, j) in [(0, 0), (0, 1), (1, 0)] {
            let cells = [(0, 0), (0, 1), (1, 0), (1, 1)].iter();
            let value = |(a, b)| (3 * (2 * i + a) + 2 * j + b) as i16;
            let bytes = cells.flat_map(|cell| value(*cell).to_be_bytes()).collect();
            fs::create_dir_all(folder.join(format!("c/{i}"))).unwrap();
            fs::write(folder.join(format!("c/{i}/{j}")), pack(bytes)).unwrap();
        }
        fs::write(folder.join("zarr.json"), metadata).unwrap();
        folder
    }

    /// What is read on any ranks, the same on all of them.
    fn found(path: &Path) -> Vec<f32> {
        let mut found = Vec::new();
        for ranks in [1, 2, 4, 12] {
            let values = launch_on(ranks, |comm| {
                let grid = Grid::new(comm, shape(path)?)?;
                read::<f32, 2>(&grid, path)?.gather_all()
            });
            found.push(values.unwrap().into_iter().collect::<Vec<_>>());
        }
        assert!(found.iter().all(|values| *values == found[0]), "{found:?}");
        found.swap_remove(0)
    }

    #[test]
    fn arrays_of_others_are_read() {
        let expected = [0., 1., 2., 3., 4., 5., 6., 7., 7., 9., 10., 7.];
        assert_eq!(found(&laid(METADATA, |bytes| bytes)), expected);
        let little = METADATA.replace("big", "little");
        let swapped = laid(&little, |bytes| {
            bytes.chunks(2).flat_map(|n| [n[1], n[0]]).collect()
        });
        assert_eq!(found(&swapped), expected);
        let gzip = METADATA.replace(
            "\"big\"}}",
            "\"big\"}}, {\"name\": \"gzip\", \"configuration\": {\"level\": 5}}",
        );
        let packed = laid(&gzip, |bytes| {
            let mut packed = GzEncoder::new(Vec::new(), Compression::default());
            packed.write_all(&bytes).unwrap();
            packed.finish().unwrap()
        });
        assert_eq!(found(&packed), expected);
    }

    /// By version 3.1.6, as it does when nothing is said of compression, and in shards.
    #[test]
    fn arrays_of_zarr_python_are_read() {
        let counting: Vec<f32> = (0..12u8).map(f32::from).collect();
        let codecs = r#"[{"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "zstd", "configuration": {"level": 0, "checksum": false}}]"#;
        let array = |chunk: &str, codecs: &str, chunks: &[(&str, &[u8])]| {
            let folder = Sample::nowhere("python.zarr");
            for (name, bytes) in chunks {
                let path = folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            let metadata = METADATA.replace("[2, 2]", chunk);
            let own = r#"[{"name": "bytes", "configuration": {"endian": "big"}}]"#;
            assert!(metadata.contains(own));
            fs::write(folder.join("zarr.json"), metadata.replace(own, codecs)).unwrap();
            folder
        };
        let zstd = array(
            "[2, 3]",
            codecs,
            &[
                (
                    "c/0/0",
                    b"(\xb5/\xfd \x0ca\0\0\0\0\x01\0\x02\0\x03\0\x04\0\x05\0",
                ),
                (
                    "c/1/0",
                    b"(\xb5/\xfd \x0ca\0\0\x06\0\x07\0\x08\0\x09\0\x0a\0\x0b\0",
                ),
            ],
        );
        assert_eq!(found(&zstd), counting);
        let shards = format!(
            r#"[{{"name": "sharding_indexed", "configuration": {{"chunk_shape": [2, 2], "codecs": {codecs},
            "index_codecs": [{{"name": "bytes", "configuration": {{"endian": "little"}}}}, {{"name": "crc32c"}}],
            "index_location": "end"}}}}]"#
        );
        let shard = [
            &b"(\xb5/\xfd \x08A\0\0\0\0\x01\0\x03\0\x04\0"[..],
            b"(\xb5/\xfd \x08A\0\0\x06\0\x07\0\x09\0\x0a\0",
            b"(\xb5/\xfd \x08A\0\0\x02\0\0\0\x05\0\0\0",
            b"(\xb5/\xfd \x08A\0\0\x08\0\0\0\x0b\0\0\0",
            // Where the chunks lie and how long they are, in another order than they were written.
            &[0u64, 17, 34, 17, 17, 17, 51, 17]
                .map(u64::to_le_bytes)
                .concat(),
            b"\xe7\x98\xd9\xee",
        ];
        let sharded = array("[4, 4]", &shards, &[("c/0/0", &shard.concat())]);
        assert_eq!(found(&sharded), counting);
    }

    /// The message of reading an array of 4 x 3 numbers on 3 ranks, the same on all of them.
    fn refusal(path: &Path) -> String {
        let errors = launch_all(3, |comm| {
            let grid = Grid::new(comm, [4, 3])?;
            Ok(read::<f64, 2>(&grid, path).map(drop).unwrap_err())
        });
        let errors = errors.unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors[0].to_string()
    }

    #[test]
    fn what_cannot_be_read_is_refused_alike() {
        assert!(refusal(Path::new("no/such.zarr")).contains("is no folder"));
        assert!(refusal(&std::env::temp_dir()).contains("is no Zarr array"));
        let changed = |old: &str, new: &str, word: &str| {
            assert!(METADATA.contains(old));
            let message = refusal(&laid(&METADATA.replace(old, new), |bytes| bytes));
            assert!(message.contains(word), "no {word} in {message}");
        };
        changed("[4, 3]", "[3, 4]", "shape [3, 4], [4, 3] is needed");
        changed(
            "\"shape\": [4, 3]",
            "\"shape\": [4, 3, 1]",
            "is no Zarr array",
        );
        changed("[2, 2]", "[2, 2, 2]", "is no Zarr array");
        changed("[2, 2]", "[0, 2]", "is no Zarr array");
        changed("\"int16\"", "\"bool\"", "bool");
        changed("\"int16\"", "\"float16\"", "type float16; convert");
        changed("\"int16\"", "\"strange\"", "strange");
        changed("{\"name\": \"bytes\"", "{\"name\": \"rot13\"", "rot13");
        changed(
            "\"zarr_format\": 3",
            "\"zarr_format\": 9",
            "is no Zarr array",
        );
        changed("\"array\"", "\"group\"", "is no Zarr array");
        changed("{\n", "", "is no Zarr array");
    }

    #[test]
    fn complex_numbers_are_no_real_ones() {
        let metadata = METADATA.replace("\"int16\"", "\"complex64\"");
        let metadata = metadata.replace(": 7", ": [7, 0.5]");
        let folder = laid(&metadata, |bytes| bytes.repeat(4));
        let message = refusal(&folder);
        assert!(
            message.contains("complex64, and a field of f64"),
            "{message}"
        );
        let grid = Grid::new(&Comm::solo(), [4, 3]).unwrap();
        let field = read::<Complex<f64>, 2>(&grid, &*folder).unwrap();
        assert_eq!(field.get([3, 2]), Some(Complex::new(7.0, 0.5)));
    }

    #[test]
    fn a_chunk_that_is_cut_off_is_refused_by_all() {
        let laid = laid(METADATA, |bytes| bytes);
        fs::write(laid.join("c/0/1"), [0; 5]).unwrap();
        let message = refusal(&laid);
        // Rank 0 alone would have read its part, but not the rank of that chunk.
        assert!(
            message.contains("on rank") && message.contains("is no Zarr array"),
            "{message}"
        );
    }
}
