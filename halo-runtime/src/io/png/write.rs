//! Writing: every rank makes the pixels of its block, rank 0 the picture of them.

use std::io;
use std::path::Path;

use ::png::{BitDepth, ColorType, Encoder, EncodingError};

use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::Location;
use crate::io::target::{Target, file_error};
use crate::scalar::{Element, RealScalar};

/// Collective: writes a field as shades of grey, 65536 of them, from black at the first of the limits to white at the second.
/// Values beyond are as dark or bright as the limit; NaN is black.
///
/// An existing file is replaced once the new one is whole. Rank 0 gathers two bytes per point, and compresses them alone.
///
/// # Errors
/// The same on every rank: limits that are equal or not finite; a target that is read-only or a directory, a folder that is
/// missing or read-only, a full disk.
pub fn write<T: RealScalar, L: Location>(
    field: &Field<T, 2, L>,
    path: impl AsRef<Path>,
    limits: [f64; 2],
) -> Result {
    let picture = Picture {
        colours: ColorType::Grayscale,
        depth: BitDepth::Sixteen,
    };
    picture.write(field, path.as_ref(), limits, |share| {
        ((share * f64::from(u16::MAX)).round() as u16).to_be_bytes()
    })
}

/// Collective: as [`write()`], in colours: red, green and blue for a value's share of the way from the first limit to the second.
///
/// Rank 0 gathers three bytes per point.
///
/// ```
/// use halo::{Comm, Grid, io::png};
///
/// let field = Grid::new(&Comm::solo(), [8, 8])?.field(|[i, j]| i as f64 - j as f64);
/// let path = std::env::temp_dir().join("halo-png-colours-example.png");
/// // Blue below zero, red above.
/// png::write_coloured(&field, &path, [-8.0, 8.0], |share| {
///     let pale = 255.0 * (1.0 - (2.0 * share - 1.0).abs());
///     if share < 0.5 { [pale as u8, pale as u8, 255] } else { [255, pale as u8, pale as u8] }
/// })?;
/// # std::fs::remove_file(path).ok();
/// # Ok::<(), halo::Error>(())
/// ```
///
/// # Errors
/// As for [`write()`].
pub fn write_coloured<T: RealScalar, L: Location>(
    field: &Field<T, 2, L>,
    path: impl AsRef<Path>,
    limits: [f64; 2],
    colour: impl Fn(f64) -> [u8; 3],
) -> Result {
    let picture = Picture {
        colours: ColorType::Rgb,
        depth: BitDepth::Eight,
    };
    picture.write(field, path.as_ref(), limits, colour)
}

/// How pixels are stored.
struct Picture {
    colours: ColorType,
    depth: BitDepth,
}

impl Picture {
    fn write<T: RealScalar, L: Location, P: Element>(
        self,
        field: &Field<T, 2, L>,
        path: &Path,
        [low, high]: [f64; 2],
        pixel: impl Fn(f64) -> P,
    ) -> Result {
        let comm = field.grid().comm();
        let range = high - low;
        comm.agree(match range.is_finite() && range != 0.0 {
            true => Ok(()),
            false => Err(Error::Invalid(format!(
                "{}: a picture is to show values from {low} to {high}; give two finite numbers that differ",
                path.display()
            ))),
        })?;
        let pixels = field.map(|value| {
            let share = (value.to_f64() - low) / range;
            pixel(if share.is_nan() {
                0.0
            } else {
                share.clamp(0.0, 1.0)
            })
        });
        let bytes = match pixels.gather(0)? {
            Some(pixels) => {
                let pixels: Vec<P> = pixels.into_iter().collect();
                self.encode(field.extent(), bytemuck::cast_slice(&pixels))
            }
            None => Ok(Vec::new()),
        };
        let failed = |error| file_error(path, "cannot be written", error);
        let bytes = comm.agree(bytes.map_err(|error| failed(io::Error::other(error))))?;
        Target::create(comm, path, &bytes)?.finish(|_| Ok(()))
    }

    fn encode(
        self,
        extent: [usize; 2],
        pixels: &[u8],
    ) -> std::result::Result<Vec<u8>, EncodingError> {
        let [height, width] = extent.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, width, height);
        encoder.set_color(self.colours);
        encoder.set_depth(self.depth);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::grid::{Face, Grid};
    use crate::io::png::{read, shape};
    use crate::io::samples::Sample;

    #[test]
    fn pictures_are_the_same_bytes_from_any_ranks_and_read_back() {
        let mut files = Vec::new();
        for ranks in [1, 2, 3, 8] {
            let path = Sample::nowhere(&format!("picture-{ranks}"));
            launch_on(ranks, |comm| {
                let grid = Grid::new(comm, [12, 17])?;
                let field = grid.random::<f64>(3);
                write(&field, &path, [-1.0, 1.0])?;
                assert_eq!(shape(&path)?, [12, 17]);
                let mut rest = read::<f64>(&grid, &path)?.map(|share| 2.0 * share - 1.0);
                crate::Vector::axpy(&mut rest, -1.0, &field)?;
                assert!(rest.max_abs()? <= 1.0 / 65535.0 + 1e-15);
                Ok(())
            })
            .unwrap();
            files.push(fs::read(&path).unwrap());
        }
        assert!(files.iter().all(|file| *file == files[0]));
    }

    #[test]
    fn values_beyond_the_limits_are_clamped() {
        let path = Sample::nowhere("clamped");
        launch_on(2, |comm| {
            let grid = Grid::new(comm, [1, 5])?;
            let values = [-7.0f32, 2.0, 3.0, f32::INFINITY, f32::NAN];
            let field = grid.field(|[_, j]| values[j]);
            write(&field, &path, [4.0, 2.0])?;
            let shades = read::<f32>(&grid, &path)?.gather_all()?;
            assert_eq!(
                shades.into_iter().collect::<Vec<_>>(),
                [1.0, 1.0, 0.5000076, 0.0, 0.0]
            );
            Ok(())
        })
        .unwrap();
    }

    #[test]
    fn colours_and_other_locations_are_written() {
        let path = Sample::nowhere("coloured");
        launch_on(4, |comm| {
            let grid = Grid::new(comm, [3, 4])?;
            let field: Field<f64, 2, Face<0>> = grid.field_at(|[i, j]| (4 * i + j) as f64);
            write_coloured(&field, &path, [0.0, 16.0], |share| {
                [(share * 16.0) as u8, 0, 9]
            })
        })
        .unwrap();
        let file = io::Cursor::new(fs::read(&path).unwrap());
        let mut reader = ::png::Decoder::new(file).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let expected: Vec<u8> = (0..16).flat_map(|k| [k, 0, 9]).collect();
        assert_eq!(pixels, expected);
    }

    #[test]
    fn what_cannot_be_written_is_refused_alike() {
        let refusal = |path: &Path, limits| {
            let errors = launch_all(3, |comm| {
                let field = Grid::new(comm, [3, 4])?.zeros::<f64>();
                Ok(write(&field, path, limits).unwrap_err())
            });
            let errors = errors.unwrap();
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
            errors[0].to_string()
        };
        let path = Sample::nowhere("refused-picture");
        for limits in [[1.0, 1.0], [f64::NAN, 1.0], [0.0, f64::INFINITY]] {
            assert!(refusal(&path, limits).contains("two finite numbers"));
        }
        let message = refusal(Path::new("no/such/picture.png"), [0.0, 1.0]);
        assert!(message.contains("cannot be created"), "{message}");
        assert!(!path.exists());
    }
}
