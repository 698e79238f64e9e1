//! The search for frames.

use amshan_stream::{Scan, Step, units};
use nom::{Err, IResult, Needed};

use crate::error::{ErrorKind, Gap};
use crate::frame::{Frame, Header};
use crate::parse::{self, Fault, START, STOP};

/// Says what stands at the start of some octets: a frame, something without data between frames, noise. See
/// [`amshan_stream::Scan`].
///
/// Single characters (`E5`) and short frames (`10 C A checksum 16`) are fill.
#[derive(Debug, Clone)]
pub struct Scanner {
    limit: u16,
}

/// The frames in `octets`, and the stretches that gave none.
///
/// ```
/// let octets = b"\x13\x37\x68\x03\x03\x68\x53\xFE\x51\xA2\x16\xE5";
/// let mut frames = amshan_mbus::frames(octets);
/// assert_eq!(frames.next().unwrap().unwrap_err().length, 2);
/// assert_eq!(frames.next().unwrap()?.control_information(), 0x51);
/// assert!(frames.next().is_none());
/// # Ok::<(), amshan_mbus::Gap>(())
/// ```
pub fn frames(octets: &[u8]) -> impl Iterator<Item = Result<Frame<'_>, Gap>> + Clone {
    units(Scanner::new(), octets).filter_map(|item| match item {
        Ok((octets, header)) => header.frame(octets).map(Ok),
        Err(gap) => Some(Err(gap)),
    })
}

impl Scanner {
    /// A scanner for frames of every length.
    pub const fn new() -> Self {
        Self { limit: u16::MAX }
    }

    /// A scanner for frames of at most `octets` octets, from the first start octet to the stop octet. A longer one
    /// is refused as soon as its length is there.
    pub const fn with_limit(octets: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "compared before")]
        let limit = if octets < u16::MAX as usize { octets as u16 } else { u16::MAX };
        Self { limit }
    }

    #[inline]
    fn candidate(&self, input: &[u8], ended: bool) -> Step<Header, ErrorKind> {
        match self.frame(input) {
            Ok((_, frame)) => Step::Unit { length: frame.octets().len(), unit: frame.header() },
            Err(Err::Incomplete(Needed::Size(more))) if !ended => Step::More(more.get()),
            Err(Err::Incomplete(Needed::Unknown)) if !ended => Step::More(1),
            Err(Err::Incomplete(_)) => Step::Broken { skip: 1, fault: ErrorKind::truncated(input) },
            Err(Err::Error(fault) | Err::Failure(fault)) => Step::Broken { skip: 1, fault: fault.kind },
        }
    }

    #[inline]
    fn frame<'a>(&self, input: &'a [u8]) -> IResult<&'a [u8], Frame<'a>, Fault<'a>> {
        let (i, announced) = parse::head(input)?;
        if announced > self.limit {
            let kind = ErrorKind::TooLong { announced, limit: self.limit };
            return Err(Err::Error(Fault { at: input, kind }));
        }
        parse::body(input, i, announced)
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scan for Scanner {
    type Unit = Header;
    type Fault = ErrorKind;

    #[inline]
    fn step(&mut self, input: &[u8], _: u64, ended: bool) -> Step<Header, ErrorKind> {
        match input {
            [] => Step::More(1),
            [START, ..] => self.candidate(input, ended),
            [SHORT_START, ..] => short(input, ended),
            [SINGLE, ..] => Step::Fill(1),
            _ => {
                let begins = |octet: &u8| matches!(*octet, START | SHORT_START | SINGLE);
                Step::Noise(input.iter().position(begins).unwrap_or(input.len()))
            }
        }
    }
}

/// What begins like a short frame: fill if it is one, noise if not.
fn short(input: &[u8], ended: bool) -> Step<Header, ErrorKind> {
    match *input {
        // Only a master sends short frames: C is 01 and six bits.
        [_, control, ..] if control >> 6 != 0b01 => Step::Noise(1),
        [_, control, address, sum, ..] if sum != control.wrapping_add(address) => Step::Noise(1),
        [_, _, _, _, stop, ..] if stop == STOP => Step::Fill(5),
        [_, _, _, _, _, ..] => Step::Noise(1),
        _ if ended => Step::Noise(1),
        _ => Step::More(1),
    }
}

const SHORT_START: u8 = 0x10;
const SINGLE: u8 = 0xE5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, ONE, SHORT, TWO, hex};
    use std::iter;
    use std::vec::Vec;

    /// Frames as their length, gaps as their length and fault.
    type Item = Result<usize, (u64, Option<(u64, ErrorKind)>)>;

    /// Name, parts of the stream, items.
    type Line<'a> = (&'a str, &'a [&'a [u8]], &'a [Item]);

    fn items(octets: &[u8]) -> Vec<Item> {
        frames(octets)
            .map(|item| item.map(|frame| frame.octets().len()).map_err(|gap| (gap.length, gap.fault)))
            .collect()
    }

    #[test]
    fn streams() {
        let (one, first, last) = (&hex(ONE)[..], &hex(TWO[0])[..], &hex(TWO[1])[..]);
        let short = &hex(SHORT)[..];
        let mut bad_length = one.to_vec();
        bad_length[1] = 0xFF;
        let length = ErrorKind::Length { first: 0xFF, second: 0x25 };
        let mut bad_octet = one.to_vec();
        bad_octet[20] ^= 0x10;
        let sum = ErrorKind::Checksum { found: 0xDC, computed: sample::sum(&bad_octet[4..41]) };
        let mut bad_stop = one.to_vec();
        bad_stop[42] = 0x17;
        let stop = ErrorKind::Stop { found: 0x17 };
        let cut = |available| ErrorKind::Truncated { available, announced: 43 };
        let overflown = &sample::frame(0x53, 0xFF, 0, &[0x55; 254])[..];

        let table: [Line<'_>; 15] = [
            ("nothing", &[], &[]),
            ("one", &[one], &[Ok(43)]),
            ("two", &[first, last], &[Ok(27), Ok(27)]),
            ("length overflown", &[overflown, last], &[Ok(263), Ok(27)]),
            ("acknowledged", &[short, b"\xE5", one, b"\xE5", one], &[Ok(43), Ok(43)]),
            ("noise", &[b"abc", one, b"abc", one], &[Err((3, None)), Ok(43), Err((3, None)), Ok(43)]),
            ("no short frame", &[b"\x10\x40\xF0\x31\x16", one], &[Err((5, None)), Ok(43)]),
            ("no short frame either", &[b"\x10\x40\xF0\x30\x17", one], &[Err((5, None)), Ok(43)]),
            ("a short frame's start", &[one, &short[..3]], &[Ok(43), Err((3, None))]),
            ("the tail of a frame", &[&one[20..], one], &[Err((23, None)), Ok(43)]),
            ("wrong length", &[&bad_length, one], &[Err((43, Some((0, length)))), Ok(43)]),
            ("wrong octet", &[&bad_octet, one], &[Err((43, Some((0, sum)))), Ok(43)]),
            ("wrong stop", &[&bad_stop, one], &[Err((43, Some((0, stop)))), Ok(43)]),
            ("ends inside", &[one, &one[..25]], &[Ok(43), Err((25, Some((43, cut(25)))))]),
            ("ends inside, a whole one in it", &[&one[..9], first], &[Err((9, Some((0, cut(36))))), Ok(27)]),
        ];
        for (name, parts, expected) in table {
            assert_eq!(items(&parts.concat()), expected, "{name}");
        }
    }

    #[test]
    fn a_frame_may_hold_whole_frames() {
        let inner = [hex(ONE), hex(SHORT), hex(TWO[0])].concat();
        let outer = sample::frame(0x53, 0xFF, 0x10, &inner);
        assert_eq!(items(&outer), [Ok(outer.len())]);
        let mut damaged = outer;
        damaged[4] ^= 1;
        assert_eq!(items(&damaged).iter().filter(|item| item.is_ok()).count(), 2);
    }

    #[test]
    fn lost_octets_cost_no_other_frame() {
        let cut = hex(TWO[0])[..12].to_vec();
        let stream: Vec<u8> = cut.into_iter().chain(iter::repeat_n(hex(ONE), 20).flatten()).collect();
        assert_eq!(items(&stream).iter().filter(|item| item.is_ok()).count(), 20);
    }

    #[test]
    fn a_frame_too_long_is_refused_at_its_head() {
        let octets = hex(ONE);
        let fault = ErrorKind::TooLong { announced: 43, limit: 42 };
        assert_eq!(Scanner::with_limit(42).step(&octets[..4], 0, false), Step::Broken { skip: 1, fault });
        assert_eq!(Scanner::with_limit(43).step(&octets[..4], 0, false), Step::More(39));
        assert!(matches!(Scanner::with_limit(43).step(&octets, 0, false), Step::Unit { length: 43, .. }));
    }

    #[test]
    fn behind_the_head_the_whole_frame_is_asked_for() {
        let octets = hex(ONE);
        let mut scanner = Scanner::new();
        for length in 1..octets.len() {
            let Step::More(more) = scanner.step(&octets[..length], 0, false) else { panic!("at {length}") };
            let needed = length + more;
            let rest = octets.len() - 2..=octets.len();
            assert!(rest.contains(&needed) || (length < 4 && needed <= 4), "{more} at {length}");
        }
        assert!(matches!(scanner.step(&octets, 0, false), Step::Unit { .. }));
    }
}
