//! Reading: every rank opens the file and takes the numbers of its block, whatever type they are stored as.

use std::path::Path;

use ndarray::{Axis, IntoDimension};
use npyz::{DType, Deserialize, TypeChar};
use num_complex::Complex;
use num_traits::AsPrimitive;

use super::source::Source;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::{Grid, Location};
use crate::scalar::Scalar;

/// The shape of the array in a `.npy` file, ready to be a grid's extent. Reads the header alone; no messages.
///
/// # Errors
/// The file cannot be read, is no `.npy` file, or has another number of axes than D.
///
/// ```
/// use halo::io::npy;
/// let missing = npy::shape::<2>("no/such/file.npy").unwrap_err();
/// assert!(missing.to_string().starts_with("no/such/file.npy: cannot be opened"));
/// ```
pub fn shape<const D: usize>(path: impl AsRef<Path>) -> Result<[usize; D]> {
    Source::open(path.as_ref())?.shape()
}

/// Collective: the field in a `.npy` file; each rank reads its block only. One small message.
///
/// Integers of 8 to 64 bits, floats of 32 and 64 and complex numbers of either float, of either byte order and in C or
/// Fortran order, are converted to `T`, rounded where `T` is narrower. C order is read in the file's order; in Fortran order
/// blocks are read in runs along axis 0.
///
/// # Errors
/// The same on every rank: the file cannot be read, is no `.npy` file, is shorter than its header says, holds something
/// else than such numbers, complex ones where `T` is real, or an array whose shape is not the grid's extent.
pub fn read<T: Scalar, const D: usize>(
    grid: &Grid<D>,
    path: impl AsRef<Path>,
) -> Result<Field<T, D>>
where
    [usize; D]: IntoDimension,
{
    read_at(grid, path)
}

/// Collective: as [`read`], for the points of a location: `npy::read_at::<Face<0>, f64, 2>(&grid, path)?`.
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
    let source = Source::open(path.as_ref());
    grid.comm()
        .agree(source.and_then(|source| read_block(grid, source)))
}

/// The numbers of this rank's block.
pub(in crate::io) fn read_block<L: Location, T: Scalar, const D: usize>(
    grid: &Grid<D>,
    mut source: Source,
) -> Result<Field<T, D, L>>
where
    [usize; D]: IntoDimension,
{
    let found = source.shape::<D>()?;
    let expected = grid.extent_at::<L>();
    if found != expected {
        return Err(Error::ShapeMismatch {
            what: format!("the array in {}", source.path().display()),
            expected: expected.to_vec(),
            found: found.to_vec(),
        });
    }
    let stored = source.stored()?;
    let mut field = grid.zeros_at::<L, T>();
    use TypeChar::{Float, Int, Uint};
    let kind = kind(&stored);
    if let Some((TypeChar::Complex, _)) = kind
        && !T::COMPLEX
    {
        return Err(source.wrong(format!(
            "holds complex numbers, type {}, and a field of {} is to be read; make it one of complex numbers",
            stored.descr(),
            T::NAME
        )));
    }
    match kind {
        Some((TypeChar::Complex, 8)) => parts::<f32, T, D, L>(&mut field, &mut source, &stored)?,
        Some((TypeChar::Complex, 16)) => parts::<f64, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Float, 4)) => fill::<f32, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Float, 8)) => fill::<f64, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Int, 1)) => fill::<i8, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Int, 2)) => fill::<i16, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Int, 4)) => fill::<i32, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Int, 8)) => fill::<i64, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Uint, 1)) => fill::<u8, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Uint, 2)) => fill::<u16, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Uint, 4)) => fill::<u32, T, D, L>(&mut field, &mut source, &stored)?,
        Some((Uint, 8)) => fill::<u64, T, D, L>(&mut field, &mut source, &stored)?,
        _ => {
            return Err(source.wrong(format!(
                "holds values of type {}; convert them to one of i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16",
                stored.descr()
            )));
        }
    }
    Ok(field)
}

/// Kind and bytes of a plain type.
fn kind(stored: &DType) -> Option<(TypeChar, u64)> {
    match stored {
        DType::Plain(plain) => Some((plain.type_char(), plain.size_field())),
        _ => None,
    }
}

/// Fills the owned cells from numbers stored as `V`.
fn fill<V, T, const D: usize, L: Location>(
    field: &mut Field<T, D, L>,
    source: &mut Source,
    stored: &DType,
) -> Result
where
    V: Deserialize + AsPrimitive<f64>,
    T: Scalar,
    [usize; D]: IntoDimension,
{
    runs(field, source, stored, |number: V| T::from_f64(number.as_()))
}

/// Fills the owned cells from complex numbers with parts stored as `V`.
fn parts<V, T, const D: usize, L: Location>(
    field: &mut Field<T, D, L>,
    source: &mut Source,
    stored: &DType,
) -> Result
where
    Complex<V>: Deserialize,
    V: AsPrimitive<f64>,
    T: Scalar,
    [usize; D]: IntoDimension,
{
    let part = |number: V| T::Real::from_f64(number.as_());
    runs(field, source, stored, |number: Complex<V>| {
        T::from_parts(part(number.re), part(number.im))
    })
}

/// Fills the owned cells run by run.
fn runs<V, T, const D: usize, L: Location>(
    field: &mut Field<T, D, L>,
    source: &mut Source,
    stored: &DType,
    convert: impl Fn(V) -> T,
) -> Result
where
    V: Deserialize,
    T: Scalar,
    [usize; D]: IntoDimension,
{
    let reader = V::reader(stored).map_err(|error| source.wrong(error.to_string()))?;
    let (axis, block) = (source.fast_axis(), field.block());
    // Lanes and their first indices come in the same, row-major order.
    let starts = block
        .with_axis(axis, block.start[axis], block.start[axis] + 1)
        .indices();
    for (start, mut lane) in starts.zip(field.view_mut().lanes_mut(Axis(axis))) {
        let count = lane.len();
        source.run::<V>(&reader, &start, count, |place, number| {
            lane[place] = convert(number);
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::{Comm, launch_all, launch_on};
    use crate::io::samples::Sample;

    /// The error of reading a 3 x 4 field on 4 ranks, the same on all of them.
    fn refusal(path: &Path) -> Error {
        let errors = launch_all(4, |comm| {
            let grid = Grid::new(comm, [3, 4])?;
            Ok(read::<f64, 2>(&grid, path).map(drop).unwrap_err())
        });
        let errors = errors.unwrap();
        assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
        errors[0].clone()
    }

    fn dictionary(stored: &str, fortran: bool, shape: &str) -> String {
        let fortran = if fortran { "True" } else { "False" };
        format!("{{'descr': '{stored}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n")
    }

    /// Reads 12 numbers stored as `V` in both orders on several grids; the numbers count from -3, or from 0.
    macro_rules! reads {
        ($($stored:literal $number:ident $bytes:ident $first:literal),* $(,)?) => {
            $({
                let numbers: Vec<$number> = (0..12).map(|k| k as $number + $first as $number).collect();
                let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.$bytes()).collect();
                for fortran in [false, true] {
                    let name = format!("{}-{fortran}", &$stored.replace(['<', '>', '|'], stringify!($bytes)));
                    let file = Sample::of_array(&name, &dictionary($stored, fortran, "(3, 4)"), &bytes);
                    for ranks in [1, 2, 6] {
                        launch_on(ranks, |comm| {
                            let grid = Grid::builder(comm, shape(&file)?).margin([[1, 2], [0, 3]]).build()?;
                            let mut field = read::<f32, 2>(&grid, &file)?;
                            field.update(|[i, j], cell| {
                                let place = if fortran { i + 3 * j } else { 4 * i + j };
                                assert_eq!(*cell, place as f32 + $first as f32, "{}", $stored);
                            });
                            Ok(())
                        })
                        .unwrap();
                    }
                }
            })*
        };
    }

    #[test]
    fn all_number_types_byte_orders_and_axis_orders_are_read() {
        reads!(
            "|i1" i8 to_le_bytes -3, "|u1" u8 to_le_bytes 0,
            "<i2" i16 to_le_bytes -3, ">i2" i16 to_be_bytes -3,
            "<i4" i32 to_le_bytes -3, ">i4" i32 to_be_bytes -3,
            "<i8" i64 to_le_bytes -3, ">i8" i64 to_be_bytes -3,
            "<u2" u16 to_le_bytes 0, ">u2" u16 to_be_bytes 0,
            "<u4" u32 to_le_bytes 0, ">u4" u32 to_be_bytes 0,
            "<u8" u64 to_le_bytes 0, ">u8" u64 to_be_bytes 0,
            "<f4" f32 to_le_bytes -3.5, ">f4" f32 to_be_bytes -3.5,
            "<f8" f64 to_le_bytes -3.5, ">f8" f64 to_be_bytes -3.5,
        );
    }

    #[test]
    fn one_axis_and_four_axes_are_read() {
        let bytes: Vec<u8> = (0..48).collect();
        let line = Sample::of_array("line", &dictionary("|u1", false, "(48,)"), &bytes);
        let block = Sample::of_array("block", &dictionary("|u1", true, "(2, 3, 4, 2)"), &bytes);
        launch_on(4, |comm| {
            let mut field = read::<f64, 1>(&Grid::new(comm, shape(&line)?)?, &line)?;
            field.update(|[i], cell| assert_eq!(*cell, i as f64));
            let mut field = read::<f64, 4>(&Grid::new(comm, shape(&block)?)?, &block)?;
            field.update(|[i, j, k, l], cell| {
                assert_eq!(*cell, (i + 2 * (j + 3 * (k + 4 * l))) as f64);
            });
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn a_file_written_by_numpy_is_read() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../examples/data/jacksboro_dem.npy"
        );
        let (sum, highest) = launch_on(5, |comm| {
            let grid = Grid::new(comm, shape(path)?)?;
            let field = read::<f32, 2>(&grid, path)?;
            Ok((field.sum()?, field.max_abs()?))
        })
        .unwrap();
        assert_eq!((sum, highest), (73617913.0, 1076.0));
    }

    #[test]
    fn a_missing_file_is_refused_alike() {
        let error = refusal(Path::new("no/such/file.npy"));
        assert!(matches!(error, Error::File { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .contains("no/such/file.npy: cannot be opened: No such file")
        );
        refusal(&std::env::temp_dir());
    }

    #[test]
    fn what_one_rank_cannot_read_all_ranks_refuse() {
        let file = Sample::of_array("for-most", &dictionary("|u1", false, "(3, 4)"), &[0; 12]);
        let errors = launch_all(4, |comm| {
            let path = if comm.rank() == 2 {
                Path::new("no/such/file.npy")
            } else {
                &file
            };
            Ok(read::<f64, 2>(&Grid::new(comm, [3, 4])?, path)
                .map(drop)
                .unwrap_err())
        });
        for error in errors.unwrap() {
            assert!(matches!(error, Error::OnRank { rank: 2, .. }), "{error:?}");
        }
    }

    #[test]
    fn what_is_no_npy_file_is_refused() {
        for (name, bytes) in [
            ("empty", &b""[..]),
            ("short", b"\x93NUM"),
            ("text", b"1 2 3 4 5 6 7 8 9 10 11"),
        ] {
            let error = refusal(&Sample::of_bytes(name, bytes));
            assert!(
                error
                    .to_string()
                    .contains("is no .npy file that can be read"),
                "{error}"
            );
        }
        let garbled = Sample::of_array("garbled", "{'descr': '<f8', 'shape': oops", &[0; 96]);
        assert!(matches!(refusal(&garbled), Error::FileFormat { .. }));
    }

    #[test]
    fn damaged_headers_are_refused() {
        let huge = dictionary("<f8", false, "(1099511627776, 1099511627776)");
        let deep = dictionary(
            "<f8",
            false,
            &format!("{}{}", "(".repeat(9000), ")".repeat(9000)),
        );
        for (name, dictionary) in [("huge", huge), ("deep", deep), ("open", "(".repeat(60_000))] {
            let error = refusal(&Sample::of_array(name, &dictionary, &[0; 96]));
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_refused() {
        let file = Sample::of_array("cut-off", &dictionary("<f8", false, "(3, 4)"), &[0; 95]);
        let message = refusal(&file).to_string();
        assert!(
            message.ends_with("takes 96 bytes after the header, 95 are there"),
            "{message}"
        );
    }

    #[test]
    fn arrays_that_do_not_fit_the_grid_are_refused() {
        let turned = Sample::of_array("turned", &dictionary("<f8", false, "(4, 3)"), &[0; 96]);
        match refusal(&turned) {
            Error::ShapeMismatch {
                expected, found, ..
            } => assert_eq!((expected, found), (vec![3, 4], vec![4, 3])),
            other => panic!("{other:?}"),
        }
        let flat = Sample::of_array("flat", &dictionary("<f8", false, "(12,)"), &[0; 96]);
        let message = refusal(&flat).to_string();
        assert!(
            message.ends_with("holds an array of 1 axes, [12]; 2 axes are needed here"),
            "{message}"
        );
    }

    #[test]
    fn values_that_are_no_plain_numbers_are_refused() {
        for stored in ["|b1", "|S8", "<f2", "|O"] {
            let name = stored.replace(['<', '|'], "no-number-");
            let file = Sample::of_array(&name, &dictionary(stored, false, "(3, 4)"), &[0; 192]);
            let message = refusal(&file).to_string();
            assert!(
                message.contains(&format!("values of type '{stored}'; convert")),
                "{message}"
            );
        }
    }

    #[test]
    fn complex_numbers_are_read_into_complex_fields_only() {
        let parts: [f64; 4] = [1.5, -2.0, 0.1, f64::INFINITY];
        let wide = parts.map(f64::to_be_bytes).concat();
        let narrow = parts.map(|part| (part as f32).to_le_bytes()).concat();
        for (stored, bytes, tenth) in [(">c16", wide, 0.1), ("<c8", narrow, 0.1f32 as f64)] {
            let file = Sample::of_array(&stored[1..], &dictionary(stored, false, "(2,)"), &bytes);
            launch_on(2, |comm| {
                let grid = Grid::new(comm, [2])?;
                let field = read::<Complex<f64>, 1>(&grid, &file)?;
                let expected = [Complex::new(1.5, -2.0), Complex::new(tenth, f64::INFINITY)];
                assert_eq!(field.gather_all()?.to_vec(), expected);
                let message = read::<f32, 1>(&grid, &file).unwrap_err().to_string();
                assert!(message.contains("and a field of f32"), "{message}");
                Ok(())
            })
            .unwrap();
        }
        let file = Sample::of_array("real", &dictionary("<i2", false, "(1,)"), &[7, 0]);
        let grid = Grid::new(&Comm::solo(), [1]).unwrap();
        let field = read::<Complex<f32>, 1>(&grid, &file).unwrap();
        assert_eq!(field.get([0]), Some(Complex::new(7.0, 0.0)));
    }

    #[test]
    fn integers_beyond_the_scalar_are_rounded() {
        let file = Sample::of_array(
            "wide",
            &dictionary("<u8", false, "(1,)"),
            &u64::MAX.to_le_bytes(),
        );
        let grid = Grid::new(&Comm::solo(), [1]).unwrap();
        assert_eq!(
            read::<f64, 1>(&grid, &file).unwrap().get([0]),
            Some(2f64.powi(64))
        );
    }
}
