//! A `.npy` file opened to read: its header understood, its length checked, its numbers found by index.
//!
//! The `npyz` crate knows the format; this file knows where a block lies in it and says in our words what is wrong.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use npyz::{DType, Deserialize, NpyHeader, Order, TypeRead};

use crate::error::{Error, Result};
use crate::io::target::{file_error, format_error};

/// Bytes that are read from any place.
pub(in crate::io) trait Bytes: Read + Seek {}

impl<B: Read + Seek> Bytes for B {}

pub(in crate::io) struct Source {
    path: PathBuf,
    header: NpyHeader,
    file: BufReader<Box<dyn Bytes>>,
    /// Where the numbers begin and where the array's part of the file ends, in bytes from the start.
    origin: u64,
    end: u64,
    /// Where `file` stands.
    position: u64,
    /// One run of numbers as stored.
    bytes: Vec<u8>,
}

impl Source {
    pub fn open(path: &Path) -> Result<Source> {
        let failed = |error| file_error(path, "cannot be opened", error);
        let file = File::open(path).map_err(failed)?;
        let end = file.metadata().map_err(failed)?.len();
        Source::within(path, Box::new(file), end)
    }

    /// The array whose header begins where `file` stands, and whose last byte lies before `end`.
    pub fn within(path: &Path, file: Box<dyn Bytes>, end: u64) -> Result<Source> {
        let failed = |error| file_error(path, "cannot be read", error);
        let mut file = BufReader::new(file);
        let header = read_header(&mut file).map_err(|error| match error.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                format_error(path, format!("is no .npy file that can be read: {error}"))
            }
            _ => file_error(path, "cannot be read", error),
        })?;
        let origin = file.stream_position().map_err(failed)?;
        let path = path.to_owned();
        Ok(Source {
            path,
            header,
            file,
            origin,
            end,
            position: origin,
            bytes: Vec::new(),
        })
    }

    /// The array's shape, if it has D axes.
    pub fn shape<const D: usize>(&self) -> Result<[usize; D]> {
        let shape = self.header.shape();
        let axes: Option<Vec<_>> = shape.iter().map(|n| usize::try_from(*n).ok()).collect();
        axes.and_then(|axes| axes.try_into().ok()).ok_or_else(|| {
            let axes = shape.len();
            self.wrong(format!(
                "holds an array of {axes} axes, {shape:?}; {D} axes are needed here"
            ))
        })
    }

    /// How each number is stored; an error if the file is shorter than its shape says.
    pub fn stored(&self) -> Result<DType> {
        let stored = self.header.dtype();
        let numbers = self
            .header
            .shape()
            .iter()
            .map(|n| u128::from(*n))
            .product::<u128>();
        let needed = numbers * stored.num_bytes().unwrap_or(0) as u128;
        let there = self.end.saturating_sub(self.origin);
        if u128::from(there) < needed {
            return Err(self.wrong(format!(
                "is cut off: an array {:?} of type {} takes {needed} bytes after the header, {there} are there",
                self.header.shape(),
                stored.descr(),
            )));
        }
        Ok(stored)
    }

    /// The axis along which neighbours are stored next to each other.
    pub fn fast_axis(&self) -> usize {
        match self.header.order() {
            Order::C => self.header.shape().len().saturating_sub(1),
            Order::Fortran => 0,
        }
    }

    /// Calls `take` with `count` numbers stored one after the other, the first of them at `index`.
    pub fn run<V: Deserialize>(
        &mut self,
        reader: &V::TypeReader,
        index: &[isize],
        count: usize,
        mut take: impl FnMut(usize, V),
    ) -> Result {
        let item = self.header.dtype().num_bytes().unwrap_or(0);
        let steps = index.iter().zip(self.header.strides());
        let start = steps
            .map(|(index, stride)| *index as u64 * stride)
            .sum::<u64>();
        let position = self.origin + start * item as u64;
        let step = position as i64 - self.position as i64;
        self.bytes.resize(count * item, 0);
        let unreadable = |error| file_error(&self.path, "cannot be read", error);
        self.file.seek_relative(step).map_err(unreadable)?;
        self.file.read_exact(&mut self.bytes).map_err(unreadable)?;
        self.position = position + self.bytes.len() as u64;
        for (place, bytes) in self.bytes.chunks_exact(item).enumerate() {
            take(place, reader.read_one(bytes).map_err(unreadable)?);
        }
        Ok(())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An error about what the file holds.
    pub fn wrong(&self, message: String) -> Error {
        format_error(&self.path, message)
    }
}

fn read_header(file: &mut BufReader<Box<dyn Bytes>>) -> io::Result<NpyHeader> {
    // npyz multiplies the extents unchecked, which panics in a debug build where a damaged file names huge ones.
    catch_unwind(AssertUnwindSafe(|| NpyHeader::from_reader(file))).unwrap_or_else(|_| {
        Err(io::Error::new(
            ErrorKind::InvalidData,
            "its header makes no sense",
        ))
    })
}
