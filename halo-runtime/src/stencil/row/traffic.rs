//! How the cells of a row travel between memory and the caches: what is asked for ahead, and which way values are stored.

use arrayvec::ArrayVec;

use crate::stencil::{
    dispatch::{Stores, fetch},
    row::MAX_FIELDS,
};

/// How the cells of a row travel between memory and the caches.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// Cells to ask for before they are read, one stream for each field.
    pub streams: &'a [Stream],
    /// How values are stored.
    pub stores: Stores,
}

/// The cells of a field that a row is the first to read, as far ahead as they are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Those of the first point of the row.
    pub start: *const u8,
    /// Bytes of a point.
    pub bytes: usize,
    /// Bytes from a row to the next.
    pub step: usize,
}

/// Fields that some tap is the first to read: inputs, coefficients, and outputs that are overwritten.
pub(crate) type Streams = ArrayVec<Stream, { 2 * MAX_FIELDS }>;

impl Stream {
    /// Becomes that of the next row.
    #[inline(always)]
    pub(crate) fn move_on(&mut self) {
        self.start = self.start.wrapping_add(self.step);
    }

    #[inline(always)]
    fn at(&self, point: usize) -> *const u8 {
        self.start.wrapping_add(point * self.bytes)
    }
}

impl Traffic<'_> {
    /// Nothing is asked for, values go through the caches.
    pub const PLAIN: Traffic<'static> = Traffic {
        streams: &[],
        stores: Stores::Plain,
    };

    /// Asks for the cells that so many points from one on are ahead of, in fields of `S` as a rule.
    #[inline(always)]
    pub(crate) fn fetch_ahead<S>(&self, first: usize, points: usize) {
        for stream in self.streams {
            let start = stream.at(first);
            // Most fields have elements of one size, which makes the number of lines a constant.
            match stream.bytes == size_of::<S>() {
                true => fetch(start, points * size_of::<S>()),
                false => fetch(start, points * stream.bytes),
            }
        }
    }
}
