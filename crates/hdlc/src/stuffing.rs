//! Start/stop transmission with octet stuffing, a framing of its own.
//!
//! No octet between the flags is a flag: `7E` is sent as `7D 5E`, `7D` as `7D 5D`. Lengths and checks are those of
//! the frame before stuffing. ISO/IEC 13239; RFC 1662, 4.2.

use core::cell::Cell;

use amshan_stream::{Reader, Scan, Step};
use memchr::memchr;

use crate::error::{ErrorKind, Gap};
use crate::frame::{Frame, Header};
use crate::parse::{FLAG, LONGEST_FRAME};
use crate::plain;

/// As [`Scanner`](crate::Scanner), for a line with octet stuffing.
///
/// A flag ends a frame, whatever its length says; a unit goes from the opening flag to the octet in front of the
/// next flag. Make a frame of it with [`unstuff_in_place`] and [`Header::frame`].
#[derive(Debug, Clone)]
pub struct StuffedScanner {
    limit: u16,
    /// Octets of the candidate known to hold no flag behind its first.
    searched: usize,
}

/// As [`FrameReader`](crate::FrameReader), for a line with octet stuffing.
#[derive(Debug, Clone)]
pub struct StuffedReader<const N: usize = 4096> {
    reader: Reader<StuffedScanner, N>,
}

/// Takes the stuffing out of `octets`. Returns how many octets are left, at the start.
pub fn unstuff_in_place(octets: &mut [u8]) -> usize {
    // What is read is never behind what is written.
    let cells = Cell::from_mut(octets).as_slice_of_cells();
    let plain = unstuffed(cells.iter().map(Cell::get));
    cells.iter().zip(plain).map(|(to, octet)| to.set(octet)).count()
}

impl StuffedScanner {
    /// A scanner for frames of every length.
    pub const fn new() -> Self {
        Self::with_limit(LONGEST_STUFFED as usize)
    }

    /// A scanner for frames of at most `octets` octets as they are sent, both flags counted.
    pub const fn with_limit(octets: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "compared before")]
        let limit = if octets < LONGEST_STUFFED as usize { octets as u16 } else { LONGEST_STUFFED };
        Self { limit, searched: 0 }
    }

    fn candidate(&mut self, input: &[u8], ended: bool) -> Step<Header, ErrorKind> {
        let window = input.get(..usize::from(self.limit)).unwrap_or(input);
        let from = self.searched.max(1);
        let flag = window.get(from..).and_then(|rest| memchr(FLAG, rest));
        self.searched = 0;
        let length = match flag {
            Some(at) => from.saturating_add(at),
            // The closing flag of the last frame may be lost.
            None if ended && window.len() == input.len() => input.len(),
            None if window.len() < usize::from(self.limit) => {
                self.searched = window.len();
                return Step::More(usize::from(self.limit).saturating_sub(window.len()));
            }
            None => return Step::Broken { skip: 1, fault: ErrorKind::Unclosed { limit: self.limit } },
        };
        match check(input.get(..length).unwrap_or_default()) {
            Ok(unit) => Step::Unit { length, unit },
            Err(fault) => Step::Broken { skip: length, fault },
        }
    }
}

impl Default for StuffedScanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scan for StuffedScanner {
    type Unit = Header;
    type Fault = ErrorKind;

    fn step(&mut self, input: &[u8], _: u64, ended: bool) -> Step<Header, ErrorKind> {
        match input {
            [] => Step::More(1),
            [FLAG] if !ended => Step::More(1),
            [FLAG, 0xA0..=0xAF | ESCAPE, ..] => self.candidate(input, ended),
            [FLAG, ..] => Step::Fill(1),
            _ => Step::Noise(memchr(FLAG, input).unwrap_or(input.len())),
        }
    }

    #[inline]
    fn tells(&self, octet: u8) -> bool {
        octet == FLAG
    }
}

impl StuffedReader {
    /// A reader with a buffer for frames of every length.
    pub const fn new() -> Self {
        Self::sized()
    }
}

impl<const N: usize> StuffedReader<N> {
    /// A reader with a buffer of another size, which must hold a frame as it is sent, both flags counted.
    pub const fn sized() -> Self {
        Self { reader: Reader::new(StuffedScanner::with_limit(N)) }
    }

    /// As [`FrameReader::space`](crate::FrameReader::space).
    pub fn space(&mut self) -> &mut [u8] {
        self.reader.space()
    }

    /// As [`FrameReader::advance`](crate::FrameReader::advance).
    pub fn advance(&mut self, n: usize) {
        self.reader.advance(n);
    }

    /// As [`FrameReader::idle`](crate::FrameReader::idle).
    pub fn idle(&mut self) {
        self.reader.idle();
    }

    /// As [`FrameReader::finish`](crate::FrameReader::finish).
    pub fn finish(&mut self) {
        self.reader.finish();
    }

    /// As [`FrameReader::next_frame`](crate::FrameReader::next_frame). The frame is unstuffed where it lies.
    ///
    /// # Errors
    ///
    /// A [`Gap`], with the fault that tells most. It is an item of the stream, not its end.
    pub fn next_frame(&mut self) -> Option<Result<Frame<'_>, Gap>> {
        match self.reader.find()? {
            Ok(found) => {
                let octets = self.reader.bytes_mut(found.range);
                let length = unstuff_in_place(octets);
                found.unit.frame(octets.get(..length)?).map(Ok)
            }
            Err(gap) => Some(Err(gap)),
        }
    }
}

impl<const N: usize> Default for StuffedReader<N> {
    fn default() -> Self {
        Self::sized()
    }
}

/// Checks a frame as it was sent, from its opening flag to the octet in front of the closing one.
fn check(stuffed: &[u8]) -> Result<Header, ErrorKind> {
    if ends_in_escape(stuffed) {
        return Err(ErrorKind::Abort);
    }
    let plain = || unstuffed(stuffed.iter().copied());
    let header = plain::header(plain())?;
    let announced = header.length.saturating_add(1);
    let available = u16::try_from(plain().count()).unwrap_or(u16::MAX);
    if available < announced {
        return Err(ErrorKind::Truncated { available, announced });
    }
    if available > announced {
        return Err(ErrorKind::Surplus { available, announced });
    }

    plain::check(header, plain()).map(|()| header)
}

/// The octets without their stuffing.
fn unstuffed(mut stuffed: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    core::iter::from_fn(move || match stuffed.next()? {
        ESCAPE => stuffed.next().map(|octet| octet ^ ESCAPED),
        octet => Some(octet),
    })
}

/// Whether the last octet is an escape that escapes something, not one that is escaped itself.
fn ends_in_escape(stuffed: &[u8]) -> bool {
    stuffed.iter().rev().take_while(|octet| **octet == ESCAPE).count() % 2 == 1
}

const ESCAPE: u8 = 0x7D;
const ESCAPED: u8 = 0x20;

/// Both flags, and every octet between them escaped.
const LONGEST_STUFFED: u16 = 2 * LONGEST_FRAME;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, DISC, KAIFA, SNRM, hex, stuff};
    use amshan_stream::units;
    use std::vec;
    use std::vec::Vec;

    /// Frames as their length as sent, gaps as their fault.
    type Item = Result<usize, Option<ErrorKind>>;

    /// Name, parts of the line, items.
    type Line<'a> = (&'a str, Vec<&'a [u8]>, Vec<Item>);

    fn kinds(octets: &[u8]) -> Vec<Item> {
        units(StuffedScanner::new(), octets)
            .map(|item| item.map(|(octets, _)| octets.len()).map_err(|gap| gap.fault.map(|(_, kind)| kind)))
            .collect()
    }

    #[test]
    fn stuffing_is_taken_out() {
        let table: [(&[u8], &[u8]); 7] = [
            (b"", b""),
            (b"~abc", b"~abc"),
            (b"~}^}]", b"~~}"),
            (b"~}]}^a", b"~}~a"),
            (b"~a}]^", b"~a}^"),
            (b"~}\x81x", b"~\xA1x"),
            (b"~a}", b"~a"),
        ];
        for (stuffed, plain) in table {
            assert_eq!(unstuffed(stuffed.iter().copied()).collect::<Vec<_>>(), plain);
            let mut octets = stuffed.to_vec();
            let length = unstuff_in_place(&mut octets);
            assert_eq!(&octets[..length], plain);
        }
    }

    #[test]
    fn units_of_a_line() {
        let (kaifa, snrm, disc) = (stuff(&hex(KAIFA)[..40]), hex(SNRM), hex(DISC));
        assert_eq!(kaifa.len(), 41);
        let aborted = [&kaifa[..20], b"\x7D"].concat();
        let announced = 40;
        let damaged = [&kaifa[..30], b"\x55", &kaifa[31..]].concat();
        let computed = sample::fcs(&[&hex(KAIFA)[1..30], b"\x55", &hex(KAIFA)[31..38]].concat());
        let check = ErrorKind::FrameCheck { found: 0x5EEA, computed };
        let table: [Line<'_>; 9] = [
            ("shared flags", vec![&snrm[..8], &kaifa, &disc], vec![Ok(8), Ok(41), Ok(11)]),
            ("fill", vec![b"~~~", &kaifa, b"~~~~", &snrm], vec![Ok(41), Ok(8)]),
            (
                "abort, its flag opens the next",
                vec![&aborted, &snrm],
                vec![Err(Some(ErrorKind::Abort)), Ok(8)],
            ),
            (
                "cut off",
                vec![&kaifa[..20], &snrm],
                vec![Err(Some(ErrorKind::Truncated { available: 20, announced })), Ok(8)],
            ),
            (
                "octets too many",
                vec![&kaifa, b"}]", &snrm],
                vec![Err(Some(ErrorKind::Surplus { available: 41, announced })), Ok(8)],
            ),
            ("damaged", vec![&damaged, &snrm], vec![Err(Some(check)), Ok(8)]),
            ("noise", vec![b"abc", &snrm, b"abc", &snrm], vec![Err(None), Ok(8), Err(None), Ok(8)]),
            ("last flag lost", vec![&snrm, &kaifa[1..]], vec![Ok(8), Ok(41)]),
            (
                "ends inside",
                vec![&snrm, &kaifa[1..5]],
                vec![Ok(8), Err(Some(ErrorKind::Truncated { available: 5, announced }))],
            ),
        ];
        for (name, parts, items) in table {
            assert_eq!(kinds(&parts.concat()), items, "{name}");
        }
    }

    #[test]
    fn a_frame_is_given_at_its_closing_flag() {
        let octets = [&stuff(&hex(KAIFA)[..40])[..], b"~"].concat();
        let mut reader = StuffedReader::new();
        for (at, octet) in octets.iter().enumerate() {
            reader.space()[0] = *octet;
            reader.advance(1);
            assert_eq!(reader.next_frame().is_some(), at + 1 == octets.len(), "octet {at}");
        }
    }

    #[test]
    fn a_frame_that_nothing_ends_is_given_up() {
        let endless = [&b"~\xA0"[..], &[0x55; 9000]].concat();
        let limit = LONGEST_STUFFED;
        assert_eq!(kinds(&endless), [Err(Some(ErrorKind::Unclosed { limit }))]);
        let endless = [&endless[..], &hex(SNRM)].concat();
        assert_eq!(kinds(&endless), [Err(Some(ErrorKind::Unclosed { limit })), Ok(8)]);
    }

    #[test]
    fn the_longest_frame_with_every_octet_escaped() {
        let information = [0x7E; 2047 - 9];
        let plain = sample::frame(false, &[1], &[3], 0x13, Some(&information));
        assert_eq!(plain.len(), 2048);
        // A sender may escape any octet.
        let stuffed: Vec<u8> = plain[1..].iter().flat_map(|octet| [0x7D, octet ^ 0x20]).collect();
        let stuffed = [b"~", &stuffed[..], b"~"].concat();
        let mut reader = StuffedReader::new();
        reader.space()[..stuffed.len()].copy_from_slice(&stuffed);
        reader.advance(stuffed.len());
        assert_eq!(reader.next_frame().unwrap().unwrap().octets(), plain);
        assert!(reader.next_frame().is_none());
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let stuffed = [&stuff(&hex(KAIFA)[..40])[..], b"~"].concat();
        for bit in 8..(stuffed.len() - 1) * 8 {
            let mut damaged = stuffed.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(!kinds(&damaged).iter().any(Result::is_ok), "bit {bit}");
        }
    }
}
