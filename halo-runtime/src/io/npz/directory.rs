//! The directory of a ZIP archive: which members it has and where they begin.
//!
//! Source: PKWARE, APPNOTE.TXT, .ZIP File Format Specification, sections 4.3 and 4.5.3. Sizes and places of 4 GiB and more
//! stand in extra fields ("ZIP64").

use std::io::{self, Read, Seek, SeekFrom};

use super::record::{Record, Rest, damaged};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LARGE_END: u32 = 0x0606_4b50;
const LARGE_LOCATOR: u32 = 0x0706_4b50;
/// The extra field of large numbers.
const LARGE: u16 = 1;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const ENCRYPTED: u16 = 1;
/// The versions of the format that know what is used here, without and with large numbers.
const VERSIONS: [u16; 2] = [20, 45];
/// The first of January 1980, so that equal arrays make equal archives.
const DATE: u16 = 0x21;

/// A member of an archive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub name: String,
    pub method: Method,
    pub checksum: u32,
    /// Bytes in the archive, and of the member itself.
    pub packed: u64,
    pub size: u64,
    /// Where its header begins.
    pub place: u64,
}

/// How a member is packed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    Stored,
    Deflated,
    /// Another, by its number, or an encrypted one.
    Unknown(u16),
}

impl Entry {
    /// A stored member at a place, whose checksum is not known yet.
    pub fn stored(name: String, size: u64, place: u64) -> Self {
        Entry {
            name,
            method: Method::Stored,
            checksum: 0,
            packed: size,
            size,
            place,
        }
    }

    /// The header before a stored member's bytes; as long for every checksum.
    pub fn header(&self) -> Vec<u8> {
        let large = self.size >= u64::from(u32::MAX);
        let extra = match large {
            true => Record::default()
                .short(LARGE)
                .short(16)
                .long(self.size)
                .long(self.packed),
            false => Record::default(),
        };
        // The two sizes stand together in the extra field.
        let size = if large { u64::MAX } else { self.size };
        Record::default()
            .word(LOCAL)
            .short(VERSIONS[usize::from(large)])
            .short(UTF8)
            .short(0)
            .short(0)
            .short(DATE)
            .word(self.checksum)
            .word_or_sign(size)
            .word_or_sign(size)
            .short(self.name.len() as u16)
            .short(extra.0.len() as u16)
            .bytes(self.name.as_bytes())
            .bytes(&extra.0)
            .0
    }

    /// The member's place in the directory.
    fn listing(&self) -> Vec<u8> {
        let numbers = [self.size, self.packed, self.place];
        let large: Vec<u64> = numbers
            .into_iter()
            .filter(|n| *n >= u64::from(u32::MAX))
            .collect();
        let mut extra = Record::default();
        if !large.is_empty() {
            extra = extra.short(LARGE).short(8 * large.len() as u16);
            extra = large
                .iter()
                .fold(extra, |extra, number| extra.long(*number));
        }
        let version = VERSIONS[usize::from(!large.is_empty())];
        Record::default()
            .word(CENTRAL)
            .short(3 << 8 | version)
            .short(version)
            .short(UTF8)
            .short(0)
            .short(0)
            .short(DATE)
            .word(self.checksum)
            .word_or_sign(self.packed)
            .word_or_sign(self.size)
            .short(self.name.len() as u16)
            .short(extra.0.len() as u16)
            .short(0)
            .short(0)
            .short(0)
            .word(0o100_644 << 16)
            .word_or_sign(self.place)
            .bytes(self.name.as_bytes())
            .bytes(&extra.0)
            .0
    }

    fn from_listing(rest: &mut Rest<'_>) -> io::Result<Entry> {
        if rest.word()? != CENTRAL {
            return Err(damaged("its directory is damaged"));
        }
        rest.take(4)?;
        let (flags, method) = (rest.short()?, rest.short()?);
        rest.take(4)?;
        let checksum = rest.word()?;
        let [mut packed, mut size] = [rest.word()?, rest.word()?].map(u64::from);
        let lengths = [rest.short()?, rest.short()?, rest.short()?].map(usize::from);
        rest.take(8)?;
        let mut place = u64::from(rest.word()?);
        let name = String::from_utf8_lossy(rest.take(lengths[0])?).into_owned();
        let mut extra = Rest(rest.take(lengths[1])?);
        rest.take(lengths[2])?;
        while extra.0.len() >= 4 {
            let (kind, length) = (extra.short()?, extra.short()?);
            let mut field = Rest(extra.take(length.into())?);
            if kind == LARGE {
                for number in [&mut size, &mut packed, &mut place] {
                    if *number == u64::from(u32::MAX) {
                        *number = field.long()?;
                    }
                }
            }
        }
        Ok(Entry {
            name,
            method: match method {
                _ if flags & ENCRYPTED != 0 => Method::Unknown(method),
                0 => Method::Stored,
                8 => Method::Deflated,
                other => Method::Unknown(other),
            },
            checksum,
            packed,
            size,
            place,
        })
    }

    /// Where the member's bytes begin, after its header.
    pub fn data(&self, file: &mut (impl Read + Seek)) -> io::Result<u64> {
        let mut header = [0; 30];
        file.seek(SeekFrom::Start(self.place))?;
        file.read_exact(&mut header)?;
        let mut rest = Rest(&header);
        if rest.word()? != LOCAL {
            return Err(damaged("its directory names a member that is not there"));
        }
        rest.take(22)?;
        let lengths = u64::from(rest.short()?) + u64::from(rest.short()?);
        self.place
            .checked_add(30 + lengths)
            .ok_or_else(|| damaged("its directory is damaged"))
    }
}

/// The directory that ends an archive, for members in this order; it begins at `place`.
pub(super) fn encode(entries: &[Entry], place: u64) -> Vec<u8> {
    let listings: Vec<u8> = entries.iter().flat_map(Entry::listing).collect();
    let (count, length) = (entries.len() as u64, listings.len() as u64);
    let mut record = Record(listings);
    if count >= u64::from(u16::MAX) || place + length >= u64::from(u32::MAX) {
        record = record
            .word(LARGE_END)
            .long(44)
            .short(3 << 8 | VERSIONS[1])
            .short(VERSIONS[1])
            .word(0)
            .word(0)
            .long(count)
            .long(count)
            .long(length)
            .long(place)
            .word(LARGE_LOCATOR)
            .word(0)
            .long(place + length)
            .word(1);
    }
    record
        .word(END)
        .short(0)
        .short(0)
        .short_or_sign(count)
        .short_or_sign(count)
        .word_or_sign(length)
        .word_or_sign(place)
        .short(0)
        .0
}

/// The members of an archive.
///
/// # Errors
/// It cannot be read, or is none.
pub(super) fn decode(file: &mut (impl Read + Seek)) -> io::Result<Vec<Entry>> {
    let length = file.seek(SeekFrom::End(0))?;
    // The last record may be followed by a comment of 64 KiB.
    let start = length.saturating_sub(22 + 0xffff);
    let tail = read_at(file, start, length - start)?;
    let last = (0..tail.len().saturating_sub(21)).rev();
    let end = last
        .into_iter()
        .find(|at| tail[*at..].starts_with(&END.to_le_bytes()))
        .ok_or_else(|| damaged("it does not end with the directory of an archive"))?;
    let mut record = Rest(&tail[end + 10..]);
    let mut count = u64::from(record.short()?);
    let [mut size, mut place] = [record.word()?, record.word()?].map(u64::from);
    let locator = end.checked_sub(20).map(|at| Rest(&tail[at..end]));
    if let Some(mut locator) = locator
        && locator.word()? == LARGE_LOCATOR
    {
        locator.take(4)?;
        let large = read_at(file, locator.long()?, 56)?;
        let mut record = Rest(&large);
        if record.word()? != LARGE_END {
            return Err(damaged("its directory is damaged"));
        }
        record.take(28)?;
        (count, size, place) = (record.long()?, record.long()?, record.long()?);
    }
    if place.checked_add(size).is_none_or(|end| end > length) {
        return Err(damaged("its directory is cut off"));
    }
    let listings = read_at(file, place, size)?;
    let mut rest = Rest(&listings);
    (0..count).map(|_| Entry::from_listing(&mut rest)).collect()
}

fn read_at(file: &mut (impl Read + Seek), place: u64, count: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn entries() -> Vec<Entry> {
        let mut entries = vec![
            Entry::stored("u.npy".into(), 17, 0),
            Entry::stored("größe.npy".into(), 5 << 32, 52),
            Entry::stored("v.npy".into(), 3, (5 << 32) + 200),
        ];
        entries[1].checksum = 0xdead_beef;
        entries
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        for count in 0..=3 {
            let entries = &entries()[..count];
            for (before, comment) in [(0, ""), (70_000, "PK, and more")] {
                let mut archive = vec![0; before];
                archive.extend(encode(entries, before as u64));
                let at = archive.len() - 2;
                archive[at] = comment.len() as u8;
                archive.extend(comment.as_bytes());
                assert_eq!(decode(&mut Cursor::new(&archive)).unwrap(), entries);
            }
        }
    }

    /// Larger than any file here: the directory lies beyond 4 GiB.
    #[test]
    fn a_directory_far_away_is_found_through_its_large_record() {
        let record = encode(&entries(), 1 << 40);
        let at = record
            .windows(4)
            .position(|bytes| bytes == LARGE_END.to_le_bytes());
        let mut rest = Rest(&record[at.unwrap()..]);
        rest.take(48).unwrap();
        assert_eq!(rest.long().unwrap(), 1 << 40);
        assert_eq!(
            (rest.word().unwrap(), rest.word().unwrap()),
            (LARGE_LOCATOR, 0)
        );
        assert_eq!(rest.long().unwrap(), (1 << 40) + at.unwrap() as u64);
        assert!(record.ends_with(&[0xff, 0xff, 0xff, 0xff, 0, 0]));
    }

    #[test]
    fn headers_are_as_long_whatever_the_checksum() {
        for mut entry in entries() {
            let before = entry.header();
            entry.checksum = 7;
            let header = entry.header();
            assert_eq!(header.len(), before.len());
            entry.place = 3;
            let mut file = Cursor::new([vec![0; 3], header.clone()].concat());
            assert_eq!(entry.data(&mut file).unwrap(), 3 + header.len() as u64);
        }
    }

    /// Every archive that is cut off or changed in one byte is decoded or refused, and nothing else.
    #[test]
    fn damage_is_no_panic() {
        let archive = encode(&entries(), 0);
        for end in 0..archive.len() {
            assert!(decode(&mut Cursor::new(&archive[..end])).is_err());
            for change in [1, 0x80, 0xff] {
                let mut damaged = archive.clone();
                damaged[end] ^= change;
                let _ = decode(&mut Cursor::new(&damaged));
            }
        }
    }
}
