//! The streaming nom parser of one frame.
//!
//! It decides as early as the octets allow, and says `Incomplete` only while the frame may still be whole.

use core::ops::Range;

use nom::number::streaming::{le_u16, u8};
use nom::{IResult, Needed, Offset};

use crate::address::{Address, is_last};
use crate::control::Control;
use crate::error::{Error, ErrorKind};
use crate::fcs;
use crate::frame::{Frame, Header};

/// What is wrong, and from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// The input from the field in question on.
    pub at: &'a [u8],
    /// What is wrong.
    pub kind: ErrorKind,
}

impl<'a> Fault<'a> {
    /// The same with its position in `input`, the slice that was parsed.
    pub fn within(self, input: &'a [u8]) -> Error {
        Error { kind: self.kind, offset: input.offset(self.at) }
    }
}

impl<'a> nom::error::ParseError<&'a [u8]> for Fault<'a> {
    fn from_error_kind(at: &'a [u8], _: nom::error::ErrorKind) -> Self {
        Self { at, kind: ErrorKind::Combinator }
    }

    fn append(_: &'a [u8], _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// One frame, from its opening flag to its frame check. The closing flag is neither asked for nor consumed.
///
/// # Errors
///
/// `Incomplete` while the octets so far may be the start of a frame, with the number of those that are needed to
/// know more; else a [`Fault`].
pub fn frame(input: &[u8]) -> IResult<&[u8], Frame<'_>, Fault<'_>> {
    let (_, header) = header(input)?;
    body(input, header, |range| fcs::checksum_after_check(input.get(range).unwrap_or_default()))
}

/// The header of a frame: opening flag, frame format, addresses, control, and the header check if there is one.
// As a function of its own it would hand the header on through memory, which takes as long as to parse it.
#[inline(always)]
pub(crate) fn header(input: &[u8]) -> IResult<&[u8], Header, Fault<'_>> {
    let (i, (segmented, length)) = format(input)?;
    let start = behind_flag(input);
    behind(start, length, SHORTEST_HEADER)?;

    let (i, destination) = address(i)?;
    // The flag is no part of the header; source and control have two octets at least.
    let before = |i: &[u8]| input.len().wrapping_sub(i.len());
    behind(start, length, before(i).wrapping_add(1))?;

    let (i, source) = address(i)?;
    let fields = before(i);
    let header_check = match behind(start, length, fields)? {
        2 => false,
        3 => return Err(too_short(start, length, fields)),
        _ => true,
    };

    let (i, control) = u8(i)?;
    let i = if header_check { check_header(start, fields, i)? } else { i };
    let [information, ..] = before(i).to_le_bytes();
    let control = Control(control);
    Ok((i, Header { length, segmented, destination, source, control, information, header_check }))
}

/// The whole frame that begins with `header`. The check sequence of the information field (where that stands is given)
/// goes on behind the header check.
pub(crate) fn body(
    input: &[u8],
    header: Header,
    checksum_after_check: impl FnOnce(Range<usize>) -> u16,
) -> IResult<&[u8], Frame<'_>, Fault<'_>> {
    let Some((octets, rest)) = input.split_at_checked(header.octets()) else {
        return Err(nom::Err::Incomplete(Needed::new(header.octets().saturating_sub(input.len()))));
    };
    let Some((summed, check)) = octets.split_last_chunk() else {
        return Err(nom::Err::Incomplete(Needed::Unknown));
    };
    let found = u16::from_le_bytes(*check);
    let computed = if header.header_check {
        checksum_after_check(header.information())
    } else {
        fcs::checksum(behind_flag(summed))
    };
    if found != computed {
        return fail(check, ErrorKind::FrameCheck { found, computed });
    }
    let information = summed.get(header.information().start..).unwrap_or_default();
    Ok((rest, Frame::new(header, octets, information)))
}

/// The opening flag, and frame format type 3: `1010`, the S bit, eleven bits of length.
fn format(input: &[u8]) -> IResult<&[u8], (bool, u16), Fault<'_>> {
    match *input {
        [FLAG, high @ 0xA0..=0xAF, low, ref i @ ..] => {
            let word = u16::from_be_bytes([high, low]);
            Ok((i, (word & 0x0800 != 0, word & 0x07FF)))
        }
        [] | [FLAG] | [FLAG, 0xA0..=0xAF] => Err(nom::Err::Incomplete(Needed::new(1))),
        [FLAG, found, ..] => fail(behind_flag(input), ErrorKind::Format { found }),
        [found, ..] => fail(input, ErrorKind::Flag { found }),
    }
}

fn behind_flag(input: &[u8]) -> &[u8] {
    input.get(1..).unwrap_or_default()
}

/// The octets from the opening flag to the frame check, as the frame format says; the fewest there are, if it is not
/// there yet.
pub(crate) fn announced(input: &[u8]) -> u16 {
    match *input {
        [_, high, low, ..] => (u16::from_be_bytes([high, low]) & 0x07FF).saturating_add(1),
        _ => SHORTEST_FRAME,
    }
}

/// How many octets a frame of `length` has behind a header of at least `header` octets: two or more.
fn behind(start: &[u8], length: u16, header: usize) -> Result<usize, nom::Err<Fault<'_>>> {
    match usize::from(length).checked_sub(header) {
        Some(octets) if octets >= 2 => Ok(octets),
        _ => Err(too_short(start, length, header)),
    }
}

fn too_short(start: &[u8], announced: u16, header: usize) -> nom::Err<Fault<'_>> {
    let header = u16::try_from(header).unwrap_or(u16::MAX);
    nom::Err::Error(Fault { at: start, kind: ErrorKind::Length { announced, header } })
}

fn address(input: &[u8]) -> IResult<&[u8], Address, Fault<'_>> {
    match Address::at_start(input) {
        Some((address, i)) => Ok((i, address)),
        None => match *input {
            [_, _, last, ..] if is_last(last) => fail(input, ErrorKind::AddressLength),
            [_, _, _, _, ..] => fail(input, ErrorKind::AddressEnd),
            _ => Err(nom::Err::Incomplete(Needed::new(1))),
        },
    }
}

/// The header check at `check`, over the `header` octets from `start` on.
#[inline(always)]
fn check_header<'a>(
    start: &'a [u8],
    header: usize,
    check: &'a [u8],
) -> Result<&'a [u8], nom::Err<Fault<'a>>> {
    let (i, found) = le_u16(check)?;
    let computed = fcs::checksum_of_first(header, start);
    if found != computed {
        return fail(check, ErrorKind::HeaderCheck { found, computed });
    }
    Ok(i)
}

fn fail<T>(at: &[u8], kind: ErrorKind) -> Result<T, nom::Err<Fault<'_>>> {
    Err(nom::Err::Error(Fault { at, kind }))
}

/// Opens and closes a frame.
pub(crate) const FLAG: u8 = 0x7E;

/// Frame format, two addresses of one octet, control.
const SHORTEST_HEADER: usize = 5;

/// A flag and the greatest length.
pub(crate) const LONGEST_FRAME: u16 = 2048;

/// A flag, the shortest header, a frame check.
pub(crate) const SHORTEST_FRAME: u16 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, DISC, KAIFA, SEGMENTS, SNRM, hex};
    use std::vec::Vec;

    #[test]
    fn frames() {
        // name, frame, S, destination, source, control, information
        let table: [(&str, &str, bool, &str, &str, u8, &str); 7] = [
            ("SNRM", SNRM, false, "03", "21", 0x93, ""),
            ("DISC", DISC, false, "4868feff", "75", 0x53, ""),
            ("first segment", SEGMENTS[0], true, "01", "0201", 0x13, "E6E7000F00000001000204090601"),
            ("second segment", SEGMENTS[1], true, "01", "0201", 0x13, "00010700FF060000157E0906"),
            ("last segment", SEGMENTS[2], false, "01", "0201", 0x13, "0100200700FF1208FC"),
            ("no closing flag", "7EA00703219 30F01", false, "03", "21", 0x93, ""),
            ("four octets twice", "", false, "00020023", "00000003", 0x00, "7D7E7EA0"),
        ];
        for (name, octets, segmented, destination, source, control, information) in table {
            let mut octets = hex(octets);
            if octets.is_empty() {
                octets =
                    sample::frame(false, &hex(destination), &hex(source), control, Some(&hex(information)));
            }
            let (rest, frame) = frame(&octets).unwrap();
            assert!(matches!(rest, [] | [FLAG]), "{name}");
            assert_eq!(frame.segmented(), segmented, "{name}");
            assert_eq!(frame.destination().octets(), hex(destination), "{name}");
            assert_eq!(frame.source().octets(), hex(source), "{name}");
            assert_eq!(frame.control(), Control(control), "{name}");
            assert_eq!(frame.information(), hex(information), "{name}");
        }
    }

    #[test]
    fn information_may_be_empty_with_or_without_a_header_check() {
        for information in [None, Some(&[][..])] {
            let octets = sample::frame(false, &[3], &[0x21], 0x13, information);
            assert_eq!(octets.len(), if information.is_some() { 10 } else { 8 });
            assert_eq!(frame(&octets).unwrap().1.information(), []);
        }
    }

    #[test]
    fn checks_that_look_like_flags_and_escapes() {
        let mut seen = [false; 4];
        for tail in 0..=u16::MAX {
            let information = [&b"\xE6\xE7\x00\x0F}~~\xA0"[..], &tail.to_be_bytes()].concat();
            let octets = sample::frame(false, &[1], &[2, 1], 0x13, Some(&information));
            let (rest, frame) = frame(&octets).unwrap();
            assert!(rest.is_empty());
            assert_eq!(frame.information(), information);
            seen[0] |= octets.ends_with(&[0x7E, 0x7E]);
            seen[1] |= octets.ends_with(&[0x7D]);
            seen[2] |= octets.ends_with(&[0x7E, 0x7D]);
            seen[3] |= octets.ends_with(&[0x7D, 0x7E]);
        }
        assert_eq!(seen, [true; 4]);
    }

    #[test]
    fn header_checks_that_look_like_flags_and_escapes() {
        let mut seen = 0;
        for source in 0..=u16::MAX {
            let [high, low] = source.to_be_bytes();
            let octets = sample::frame(false, &[1], &[high & !1, low | 1], 0x13, Some(b"x"));
            if octets[7..9].iter().any(|octet| matches!(octet, 0x7D | 0x7E)) {
                assert!(frame(&octets).is_ok());
                seen += 1;
            }
        }
        assert!(seen > 100);
    }

    #[test]
    fn faults() {
        use ErrorKind::*;
        // As early as the octets allow: each input stops at the octet that decides.
        let table = [
            ("41", Flag { found: 0x41 }, 0),
            ("7E 7E", Format { found: 0x7E }, 1),
            ("7E 9F", Format { found: 0x9F }, 1),
            ("7E B0", Format { found: 0xB0 }, 1),
            ("7E A0 06", Length { announced: 6, header: 5 }, 1),
            ("7E A8 00", Length { announced: 0, header: 5 }, 1),
            ("7E A0 07 02 01", Length { announced: 7, header: 6 }, 1),
            ("7E A0 07 03 02 01", Length { announced: 7, header: 6 }, 1),
            ("7E A0 08 03 21", Length { announced: 8, header: 5 }, 1),
            ("7E A0 0C 02 02 02 01 02 02 02 01", Length { announced: 12, header: 11 }, 1),
            ("7E A0 20 02 02 01", AddressLength, 3),
            ("7E A0 20 02 02 02 02", AddressEnd, 3),
            ("7E A0 20 03 02 02 01", AddressLength, 4),
            ("7E A0 20 03 02 02 02 02", AddressEnd, 4),
            ("7E A0 27 01 02 01 10 5B 87", HeaderCheck { found: 0x875B, computed: 0x875A }, 7),
            (
                "7E A7 FF 01 02 01 10 5A 87",
                HeaderCheck { found: 0x875A, computed: sample::fcs(&hex("A7FF01020110")) },
                7,
            ),
            ("7E A0 07 03 21 93 0F 02", FrameCheck { found: 0x020F, computed: 0x010F }, 6),
        ];
        for (octets, kind, offset) in table {
            let octets = hex(octets);
            let Err(nom::Err::Error(fault)) = frame(&octets) else { panic!("{octets:02x?}") };
            assert_eq!(fault.within(&octets), Error { kind, offset }, "{octets:02x?}");
            let before = &octets[..octets.len() - 1];
            assert!(matches!(frame(before), Err(nom::Err::Incomplete(_))), "{before:02x?}");
        }
        let mut octets = hex(KAIFA);
        octets[37] ^= 1;
        let kind = FrameCheck { found: 0x5EEA, computed: sample::fcs(&octets[1..38]) };
        let Err(nom::Err::Error(fault)) = frame(&octets) else { panic!() };
        assert_eq!(fault.within(&octets), Error { kind, offset: 38 });
    }

    #[test]
    fn truncated_at_each_length_is_incomplete_and_says_how_much_is_needed() {
        for octets in [KAIFA, SNRM, DISC].into_iter().chain(SEGMENTS).map(hex) {
            let octets = &octets[..octets.len() - 1];
            for length in 0..octets.len() {
                let Err(nom::Err::Incomplete(Needed::Size(needed))) = frame(&octets[..length]) else {
                    panic!("{length}")
                };
                assert!(length + needed.get() <= octets.len(), "{length}");
            }
            // Behind the header check, what is needed is known exactly.
            if octets.len() > 20 {
                assert_eq!(frame(&octets[..12]), Err(nom::Err::Incomplete(Needed::new(octets.len() - 12))));
            }
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        for octets in [KAIFA, SNRM, DISC].into_iter().chain(SEGMENTS).map(hex) {
            let inner = octets.len() - 1;
            // The closing flag and more are there, so that a longer frame could be, too.
            let stream: Vec<u8> = octets.iter().copied().chain([0x7E; 2100]).collect();
            for bit in 8..inner * 8 {
                let mut damaged = stream.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert!(matches!(frame(&damaged), Err(nom::Err::Error(_))), "bit {bit} of {octets:02x?}");
            }
        }
    }

    #[test]
    fn a_fault_is_small() {
        assert_eq!(size_of::<Fault<'_>>(), 24);
    }
}
