//! Numbers of a ZIP archive's records, little-endian: laid down, and taken off again without trusting them.

use std::io::{self, ErrorKind};

/// A record being laid down.
#[derive(Default)]
pub(super) struct Record(pub Vec<u8>);

impl Record {
    pub fn short(mut self, number: u16) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn word(mut self, number: u32) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn long(mut self, number: u64) -> Self {
        self.0.extend(number.to_le_bytes());
        self
    }

    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    /// A number of 32 bits, or the sign that it stands elsewhere because it has more.
    pub fn word_or_sign(self, number: u64) -> Self {
        self.word(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Likewise of 16 bits.
    pub fn short_or_sign(self, number: u64) -> Self {
        self.short(u16::try_from(number).unwrap_or(u16::MAX))
    }
}

/// A record being read: what is left of it.
pub(super) struct Rest<'a>(pub &'a [u8]);

impl<'a> Rest<'a> {
    pub fn take(&mut self, count: usize) -> io::Result<&'a [u8]> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or_else(|| damaged("a record is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub fn short(&mut self) -> io::Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub fn word(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn long(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }
}

/// An error about what an archive holds.
pub(super) fn damaged(message: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, message)
}
