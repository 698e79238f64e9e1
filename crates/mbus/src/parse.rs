//! The streaming nom parser of one frame.
//!
//! It decides as early as the octets allow, and says `Incomplete` only while the frame may still be whole.

use nom::bytes::streaming::take;
use nom::number::streaming::u8;
use nom::{IResult, Needed, Offset};

use crate::control::Control;
use crate::error::{Error, ErrorKind};
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

/// One long or control frame, from its first start octet to its stop octet.
///
/// # Errors
///
/// `Incomplete` while the octets so far may be the start of a frame, with the number of those that are needed to
/// know more; else a [`Fault`].
pub fn frame(input: &[u8]) -> IResult<&[u8], Frame<'_>, Fault<'_>> {
    let (i, octets) = head(input)?;
    body(input, i, octets)
}

/// The frame of so many octets at the start of `input`, whose head ends at `i`.
pub(crate) fn body<'a>(input: &'a [u8], i: &'a [u8], octets: u16) -> IResult<&'a [u8], Frame<'a>, Fault<'a>> {
    let (rest, frame) = take(octets)(input)?;
    // Most heads inside one another are refused by the stop octet, which costs less than the sum.
    let (end, _) = take(octets.saturating_sub(1))(input)?;
    let (_, stop) = u8(end)?;
    if stop != STOP {
        return fail(end, ErrorKind::Stop { found: stop });
    }
    let (check, summed) = take(octets.saturating_sub(FRAMING))(i)?;
    let (_, found) = u8(check)?;
    let computed = summed.iter().fold(0, |sum: u8, octet| sum.wrapping_add(*octet));
    if found != computed {
        return fail(check, ErrorKind::Checksum { found, computed });
    }

    let (data, control) = u8(summed)?;
    let (data, address) = u8(data)?;
    let (data, control_information) = u8(data)?;
    let header = Header { octets, control: Control(control), address, control_information };
    Ok((rest, Frame::new(header, frame, data)))
}

/// `68 L L 68`. Gives the octets of the whole frame.
pub(crate) fn head(input: &[u8]) -> IResult<&[u8], u16, Fault<'_>> {
    match *input {
        [START, first, second, START, ref i @ ..] if first == second => Ok((i, announced(first))),
        [START, first, second, ..] if first != second => {
            fail(input.get(2..).unwrap_or_default(), ErrorKind::Length { first, second })
        }
        [START, _, _, found, ..] => fail(input.get(3..).unwrap_or_default(), ErrorKind::Start { found }),
        [] | [START, ..] => Err(nom::Err::Incomplete(Needed::new(1))),
        [found, ..] => fail(input, ErrorKind::Start { found }),
    }
}

/// The octets of a whole frame with length `L`. Below 3 it is no legal length but one that has overflowed.
pub(crate) const fn announced(length: u8) -> u16 {
    let octets = (length as u16).saturating_add(FRAMING);
    if length < 3 { octets.saturating_add(0x100) } else { octets }
}

fn fail<T>(at: &[u8], kind: ErrorKind) -> Result<T, nom::Err<Fault<'_>>> {
    Err(nom::Err::Error(Fault { at, kind }))
}

/// Begins a long frame, and ends its head.
pub(crate) const START: u8 = 0x68;

/// Ends a long frame and a short one.
pub(crate) const STOP: u8 = 0x16;

/// Octets that the length does not count: the head, checksum, stop octet.
const FRAMING: u16 = 6;

/// A frame of C, A and CI.
pub(crate) const SHORTEST_FRAME: u16 = announced(3);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, ONE, TWO, hex};
    use std::vec;
    use std::vec::Vec;

    /// Name, frame, C, A, CI, data.
    type Line<'a> = (&'a str, Vec<u8>, u8, u8, u8, &'a [u8]);

    #[test]
    fn frames() {
        let table: [Line<'_>; 5] = [
            ("one telegram", hex(ONE), 0x53, 0xFF, 0x10, &hex(ONE)[7..41]),
            ("first telegram", hex(TWO[0]), 0x53, 0xFF, 0x00, &hex(TWO[0])[7..25]),
            ("control frame", hex("68 03 03 68 53 FE 51 A2 16"), 0x53, 0xFE, 0x51, b""),
            ("longest legal", sample::frame(8, 1, 0x72, &[0x68; 252]), 8, 1, 0x72, &[0x68; 252]),
            ("length overflown", sample::frame(0x53, 0xFF, 0, &[0xDB; 254]), 0x53, 0xFF, 0, &[0xDB; 254]),
        ];
        for (name, mut octets, control, address, control_information, data) in table {
            let length = octets.len();
            octets.push(0xE5);
            let (rest, frame) = frame(&octets).unwrap();
            assert_eq!(rest, [0xE5], "{name}");
            assert_eq!(frame.octets(), &octets[..length], "{name}");
            assert_eq!(frame.control(), Control(control), "{name}");
            assert_eq!(frame.address(), address, "{name}");
            assert_eq!(frame.control_information(), control_information, "{name}");
            assert_eq!(frame.data(), data, "{name}");
        }
    }

    #[test]
    fn a_length_below_three_has_overflown() {
        for (length, data) in [(0, 253), (1, 254), (2, 255)] {
            let octets = sample::frame(0x53, 0xFF, 0, &vec![0x16; data]);
            assert_eq!(octets[..4], [0x68, length, length, 0x68]);
            assert_eq!(octets.len(), data + 9);
            assert_eq!(frame(&octets).unwrap().1.data().len(), data);
        }
    }

    #[test]
    fn faults() {
        use ErrorKind::*;
        // As early as the octets allow: each input stops at the octet that decides.
        let table = [
            ("16", Start { found: 0x16 }, 0),
            ("68 03 04", Length { first: 3, second: 4 }, 2),
            ("68 03 03 67", Start { found: 0x67 }, 3),
            ("68 03 03 68 53 FE 51 A3 16", Checksum { found: 0xA3, computed: 0xA2 }, 7),
            ("68 03 03 68 53 FE 51 A2 17", Stop { found: 0x17 }, 8),
        ];
        for (octets, kind, offset) in table {
            let octets = hex(octets);
            let Err(nom::Err::Error(fault)) = frame(&octets) else { panic!("{octets:02x?}") };
            assert_eq!(fault.within(&octets), Error { kind, offset }, "{octets:02x?}");
            let before = &octets[..octets.len() - 1];
            assert!(matches!(frame(before), Err(nom::Err::Incomplete(_))), "{before:02x?}");
        }
    }

    #[test]
    fn truncated_at_each_length_is_incomplete_and_says_how_much_is_needed() {
        for octets in [hex(ONE), hex(TWO[0]), sample::frame(0x53, 0xFF, 0, &[0; 254])] {
            for length in 0..octets.len() {
                let Err(nom::Err::Incomplete(nom::Needed::Size(needed))) = frame(&octets[..length]) else {
                    panic!("{length}")
                };
                assert!(length + needed.get() <= octets.len(), "{length}");
            }
            // Behind the head, that is all of it.
            let needed = nom::Needed::new(octets.len() - 10);
            assert_eq!(frame(&octets[..10]), Err(nom::Err::Incomplete(needed)));
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        for octets in [ONE, TWO[0], TWO[1]].map(hex) {
            let stream: Vec<u8> = octets.iter().copied().chain([0x16; 300]).collect();
            for bit in 0..octets.len() * 8 {
                let mut damaged = stream.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                assert!(matches!(frame(&damaged), Err(nom::Err::Error(_))), "bit {bit} of {octets:02x?}");
            }
        }
    }

    /// What a sum can't see; it is written down in the documentation of the crate.
    #[test]
    fn damage_that_the_sum_does_not_show() {
        let mut swapped = hex(ONE);
        swapped.swap(9, 13);
        let mut opposite = hex(ONE);
        opposite[10] += 1;
        opposite[11] = opposite[11].wrapping_sub(1);
        // The two highest bits of two octets.
        let mut carry = hex(ONE);
        carry[10] ^= 0x80;
        carry[20] ^= 0x80;
        for octets in [swapped, opposite, carry] {
            assert_ne!(octets, hex(ONE));
            assert!(frame(&octets).is_ok());
        }
    }

    #[test]
    fn a_fault_is_small() {
        assert_eq!(size_of::<Fault<'_>>(), 24);
    }
}
