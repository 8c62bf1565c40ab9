//! Reading: every rank decodes the picture, for its pixels depend on all before them, and takes those of its block.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ::png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};

use crate::error::{Error, Result};
use crate::field::Field;
use crate::grid::Grid;
use crate::io::target::{file_error, format_error};
use crate::scalar::RealScalar;

/// No compressed byte of a picture stands for more.
const MOST_PER_BYTE: usize = 1032;

/// Rows and columns of a picture, ready to be a grid's extent. Reads the header alone; no messages.
///
/// # Errors
/// The file cannot be read, or is no PNG picture.
pub fn shape(path: impl AsRef<Path>) -> Result<[usize; 2]> {
    Ok(extent(&open(path.as_ref())?))
}

/// Collective: the shades of a grey picture as a field, from 0, black, to 1, white. One small message.
///
/// Pictures of 1, 2, 4, 8 and 16 bits. Every rank reads and holds the whole picture for a moment.
///
/// # Errors
/// The same on every rank: the file cannot be read, is no PNG picture, is damaged, has colours or transparency, or another
/// extent than the grid.
pub fn read<T: RealScalar>(grid: &Grid<2>, path: impl AsRef<Path>) -> Result<Field<T, 2>> {
    grid.comm().agree(read_block(grid, path.as_ref()))
}

type Picture = Reader<BufReader<File>>;

fn read_block<T: RealScalar>(grid: &Grid<2>, path: &Path) -> Result<Field<T, 2>> {
    let mut picture = open(path)?;
    let (found, expected) = (extent(&picture), grid.extent());
    if found != expected {
        return Err(Error::ShapeMismatch {
            what: format!("the picture in {}", path.display()),
            expected: expected.to_vec(),
            found: found.to_vec(),
        });
    }
    let (colours, depth) = picture.output_color_type();
    if colours != ColorType::Grayscale {
        return Err(format_error(
            path,
            format!("has colours or transparency ({colours:?}); convert it to shades of grey"),
        ));
    }
    let mut bytes = vec![0; picture.output_buffer_size().unwrap_or(0)];
    picture
        .next_frame(&mut bytes)
        .map_err(|error| wrong(path, error))?;
    let columns = expected[1];
    let shade = |place: usize| match depth {
        BitDepth::Sixteen => {
            f64::from(u16::from_be_bytes([bytes[2 * place], bytes[2 * place + 1]])) / 65535.0
        }
        _ => f64::from(bytes[place]) / 255.0,
    };
    Ok(grid.field(|[i, j]| T::from_f64(shade(columns * i + j))))
}

fn open(path: &Path) -> Result<Picture> {
    let failed = |error| file_error(path, "cannot be opened", error);
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let mut decoder = Decoder::new(BufReader::new(file));
    // Fewer bits than 8 become 8, palettes colours.
    decoder.set_transformations(Transformations::EXPAND);
    let picture = decoder.read_info().map_err(|error| wrong(path, error))?;
    let most = MOST_PER_BYTE.saturating_mul(usize::try_from(length).unwrap_or(usize::MAX));
    // Eight pixels of one bit become eight bytes.
    if picture
        .output_buffer_size()
        .is_none_or(|size| size / 8 > most)
    {
        let message = "is cut off: its header tells of more pixels than it can hold";
        return Err(format_error(path, message.into()));
    }
    Ok(picture)
}

fn extent(picture: &Picture) -> [usize; 2] {
    let info = picture.info();
    [info.height as usize, info.width as usize]
}

fn wrong(path: &Path, error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => {
            file_error(path, "cannot be read", error)
        }
        error => format_error(path, format!("is no PNG picture that can be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;
    use crate::comm::{launch_all, launch_on};
    use crate::io::samples::Sample;

    /// A picture laid down by hand: rows of bytes, each after the number of its filter, which is none.
    fn picture([rows, columns]: [u32; 2], depth: u8, colours: u8, pixels: &[u8]) -> Vec<u8> {
        let chunk = |name: &[u8; 4], data: &[u8]| {
            let body = [name, data].concat();
            let sum = crc32fast::hash(&body).to_be_bytes();
            [&(data.len() as u32).to_be_bytes()[..], &body, &sum].concat()
        };
        let header = [
            &columns.to_be_bytes()[..],
            &rows.to_be_bytes(),
            &[depth, colours, 0, 0, 0],
        ];
        let mut data = ZlibEncoder::new(Vec::new(), Compression::default());
        for row in pixels.chunks(pixels.len() / rows as usize) {
            data.write_all(&[0]).unwrap();
            data.write_all(row).unwrap();
        }
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &header.concat()),
            chunk(b"IDAT", &data.finish().unwrap()),
            chunk(b"IEND", &[]),
        ]
        .concat()
    }

    #[test]
    fn grey_of_any_depth_is_read() {
        let cases: [(u8, &[u8], [f64; 4]); 4] = [
            (1, &[0b0100_0000, 0b1000_0000], [0.0, 1.0, 1.0, 0.0]),
            (4, &[0x0f, 0x36], [0.0, 1.0, 0.2, 0.4]),
            (8, &[0, 51, 102, 255], [0.0, 0.2, 0.4, 1.0]),
            (
                16,
                &[0, 0, 0x33, 0x33, 0xff, 0xff, 0, 1],
                [0.0, 0.2, 1.0, 1.0 / 65535.0],
            ),
        ];
        for (depth, pixels, expected) in cases {
            let bytes = picture([2, 2], depth, 0, pixels);
            let path = Sample::of_bytes(&format!("grey-{depth}"), &bytes);
            for ranks in [1, 2, 4] {
                launch_on(ranks, |comm| {
                    let grid = Grid::new(comm, shape(&path)?)?;
                    let found = read::<f64>(&grid, &path)?.gather_all()?;
                    assert_eq!(
                        found.into_iter().collect::<Vec<_>>(),
                        expected,
                        "{depth} bits"
                    );
                    Ok(())
                })
                .unwrap();
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_alike() {
        let refused = |name: &str, bytes: &[u8], word: &str| {
            let path = Sample::of_bytes(name, bytes);
            let errors = launch_all(3, |comm| {
                let grid = Grid::new(comm, [3, 2])?;
                Ok(read::<f64>(&grid, &path).map(drop).unwrap_err())
            });
            let errors = errors.unwrap();
            assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
            let message = errors[0].to_string();
            assert!(message.contains(word), "{message}");
        };
        let grey = picture([3, 2], 8, 0, &[0, 1, 2, 3, 4, 5]);
        refused("text", b"no picture", "is no PNG picture");
        refused("half", &grey[..40], "is no PNG picture");
        refused("end", &grey[..grey.len() - 14], "is no PNG picture");
        refused("turned", &picture([2, 3], 8, 0, &[0; 6]), "the picture in");
        refused(
            "rgb",
            &picture([3, 2], 8, 2, &[0; 18]),
            "colours or transparency (Rgb)",
        );
        refused("alpha", &picture([3, 2], 8, 4, &[0; 12]), "GrayscaleAlpha");
        let mut huge = grey;
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0x40, 0, 0, 0]);
        let sum = crc32fast::hash(&huge[12..29]).to_be_bytes();
        huge[29..33].copy_from_slice(&sum);
        refused("huge", &huge, "cut off");
    }
}
