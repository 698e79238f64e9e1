//! As little as can be done: for undamaged streams only.

use std::cell::RefCell;
use std::hint::black_box;

use crc::{CRC_16_ARC, CRC_16_IBM_SDLC, Crc, Table};
use memchr::{memchr, memchr_iter};

static X25_ONE: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_IBM_SDLC);
static X25_SIXTEEN: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_SDLC);
static ARC_ONE: Crc<u16, Table<1>> = Crc::<u16, Table<1>>::new(&CRC_16_ARC);
static ARC_SIXTEEN: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_ARC);

/// What octets and their right check sequence sum up to.
const RIGHT: u16 = 0x0F47;

thread_local! {
    static COPY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Into memory that is there already.
pub fn copy(octets: &[u8]) -> usize {
    COPY.with_borrow_mut(|copy| {
        if copy.len() < octets.len() {
            copy.resize(octets.len(), 0);
        }
        let copy = black_box(&mut copy[..octets.len()]);
        copy.copy_from_slice(octets);
        copy.len()
    })
}

pub fn flags(octets: &[u8]) -> usize {
    memchr_iter(0x7E, octets).count()
}

pub fn lines(octets: &[u8]) -> usize {
    memchr_iter(b'\n', octets).count()
}

pub fn walk(octets: &[u8]) -> usize {
    frames(octets).count()
}

pub fn walk_one(octets: &[u8]) -> usize {
    frames(octets).filter(|frame| X25_ONE.checksum(frame) == RIGHT).count()
}

pub fn walk_sixteen(octets: &[u8]) -> usize {
    frames(octets).filter(|frame| X25_SIXTEEN.checksum(frame) == RIGHT).count()
}

/// Every value of data-notifications in frames with short addresses.
pub fn values(octets: &[u8]) -> usize {
    let frames = frames(octets).filter(|frame| X25_SIXTEEN.checksum(frame) == RIGHT);
    frames.filter_map(|frame| flat(body(frame)?)).sum()
}

pub fn telegrams_one(octets: &[u8]) -> usize {
    telegrams(octets, |octets| ARC_ONE.checksum(octets))
}

pub fn telegrams_sixteen(octets: &[u8]) -> usize {
    telegrams(octets, |octets| ARC_SIXTEEN.checksum(octets))
}

/// What stands between the flags, by the lengths.
fn frames(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let &[0x7E, high, low, ..] = rest else { return None };
        let length = usize::from(high & 0x07) << 8 | usize::from(low);
        let frame = rest.get(1..=length)?;
        rest = rest.get(length + 2..)?;
        Some(frame)
    })
}

/// The body of the notification in a frame: behind addresses of one and two octets, or of two and one.
fn body(frame: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(frame.get(..16)?, b"\xE6\xE7\x00\x0F")?;
    match frame.get(at + 8..)? {
        [0x00, body @ ..] => Some(body),
        [0x0C, behind @ ..] | [0x09, 0x0C, behind @ ..] => behind.get(12..),
        _ => None,
    }
}

/// One pass over all values: how many still have to come is all that must be known.
fn flat(body: &[u8]) -> Option<usize> {
    let (mut rest, mut due, mut values) = (body, 1usize, 0);
    while due > 0 {
        let (&tag, contents) = rest.split_first()?;
        due -= 1;
        let length = match tag {
            0x01 | 0x02 => {
                due += usize::from(*contents.first()?);
                1
            }
            0x09 | 0x0A => 1 + usize::from(*contents.first()?),
            0x00 => 0,
            0x03 | 0x0F | 0x11 | 0x16 => 1,
            0x10 | 0x12 => 2,
            0x05 | 0x06 => 4,
            _ => return None,
        };
        let (value, behind) = contents.split_at_checked(length)?;
        black_box((tag, value));
        values += 1;
        rest = behind;
    }
    Some(values)
}

fn telegrams(octets: &[u8], sum: impl Fn(&[u8]) -> u16) -> usize {
    let (mut rest, mut found) = (octets, 0);
    while let Some(mark) = memchr(b'!', rest) {
        let (telegram, behind) = rest.split_at(mark + 1);
        let digits = behind.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
        if digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) == Some(sum(telegram)) {
            found += 1;
        }
        rest = behind.get(6..).unwrap_or_default();
    }
    found
}
