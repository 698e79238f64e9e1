//! The search for frames.

use amshan_stream::{Scan, Step, units};
use memchr::memchr;
use nom::{Err, IResult, Needed};

use crate::error::{ErrorKind, Gap};
use crate::frame::{Frame, Header};
use crate::overlap::Overlaps;
use crate::parse::{self, FLAG, Fault, SHORTEST_FRAME};

/// Says what stands at the start of some octets: a frame, flags between frames, noise. See [`amshan_stream::Scan`].
///
/// A unit goes from the opening flag to the frame check. The flag behind it may open the next frame; if it does
/// not, it is fill.
#[derive(Debug, Clone)]
pub struct Scanner {
    limit: u16,
    overlaps: Overlaps,
}

/// The frames in `octets`, and the stretches that gave none.
///
/// ```
/// let octets = b"\x13\x37\x7E\xA0\x07\x03\x21\x93\x0F\x01\x7E";
/// let mut frames = amshan_hdlc::frames(octets);
/// assert_eq!(frames.next().unwrap().unwrap_err().length, 2);
/// assert_eq!(frames.next().unwrap()?.control().to_string(), "93");
/// assert!(frames.next().is_none());
/// # Ok::<(), amshan_hdlc::Gap>(())
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
        Self { limit: u16::MAX, overlaps: Overlaps::new() }
    }

    /// A scanner for frames of at most `octets` octets, from the opening flag to the frame check. A longer one is
    /// refused as soon as its header check shows that its length is meant.
    pub const fn with_limit(octets: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "compared before")]
        let limit = if octets < u16::MAX as usize { octets as u16 } else { u16::MAX };
        Self { limit, overlaps: Overlaps::new() }
    }

    /// What [`Scan::step`] says, but for what it skips behind a flag that failed.
    #[inline]
    pub(crate) fn look(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Header, ErrorKind> {
        match input {
            [] => Step::More(1),
            [FLAG] if !ended => Step::More(1),
            [FLAG, 0xA0..=0xAF, ..] => self.candidate(input, at, ended),
            // Mostly there are two: one that closes a frame, and one that opens the next.
            [FLAG, FLAG, 0xA0..=0xAF, ..] => Step::Fill(1),
            [FLAG, FLAG, ..] => {
                let flags = input.iter().take_while(|octet| **octet == FLAG).count();
                Step::Fill(flags.saturating_sub(1))
            }
            [FLAG, ..] => Step::Fill(1),
            _ => Step::Noise(to_flag(input)),
        }
    }

    fn candidate(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Header, ErrorKind> {
        let fault = match self.frame(input, at) {
            Ok((_, frame)) => return Step::Unit { length: frame.octets().len(), unit: frame.header() },
            Err(Err::Incomplete(needed)) if !ended => {
                let more = if let Needed::Size(more) = needed { more.get() } else { 1 };
                return Step::More(more.max(usize::from(SHORTEST_FRAME).saturating_sub(input.len())));
            }
            Err(Err::Incomplete(_)) => ErrorKind::truncated(input),
            Err(Err::Error(fault) | Err::Failure(fault)) => fault.kind,
        };
        Step::Broken { skip: 1, fault }
    }

    fn frame<'a>(&mut self, input: &'a [u8], at: u64) -> IResult<&'a [u8], Frame<'a>, Fault<'a>> {
        let (_, header) = parse::header(input)?;
        let announced = header.length.saturating_add(1);
        if announced > self.limit {
            let kind = ErrorKind::TooLong { announced, limit: self.limit };
            return Err(Err::Error(Fault { at: input, kind }));
        }
        parse::body(input, header, |range| self.overlaps.checksum_after_check(input, at, range))
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
    fn step(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Header, ErrorKind> {
        match self.look(input, at, ended) {
            Step::Broken { fault, .. } => {
                let skip = to_flag(input.get(1..).unwrap_or_default()).saturating_add(1);
                Step::Broken { skip, fault }
            }
            step => step,
        }
    }
}

/// How many octets stand before the next flag.
fn to_flag(octets: &[u8]) -> usize {
    memchr(FLAG, octets).unwrap_or(octets.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, DISC, KAIFA, SEGMENTS, SNRM, hex};
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
        let (kaifa, snrm, disc) = (&hex(KAIFA)[..], &hex(SNRM)[..], &hex(DISC)[..]);
        let mut bad_length = kaifa.to_vec();
        bad_length[1..3].copy_from_slice(b"\xA7\xFF");
        let header = ErrorKind::HeaderCheck { found: 0x875A, computed: sample::fcs(&bad_length[1..7]) };
        let mut bad_octet = kaifa.to_vec();
        bad_octet[20] ^= 0x10;
        let check = ErrorKind::FrameCheck { found: 0x5EEA, computed: sample::fcs(&bad_octet[1..38]) };
        let cut = |available| ErrorKind::Truncated { available, announced: 40 };
        // What a frame that lost its last octets takes in from the next.
        let short = [&kaifa[..30], snrm, &[0x7E; 40][..]].concat();
        let found = u16::from_le_bytes([short[38], short[39]]);
        let short_check = ErrorKind::FrameCheck { found, computed: sample::fcs(&short[1..38]) };

        let table: [Line<'_>; 16] = [
            ("nothing", &[], &[]),
            ("one", &[kaifa], &[Ok(40)]),
            ("one without a closing flag", &[&kaifa[..40]], &[Ok(40)]),
            ("flags", &[b"~~~~"], &[]),
            ("fill", &[b"~~~", kaifa, b"~~~", snrm, b"~"], &[Ok(40), Ok(8)]),
            ("shared flag", &[&kaifa[..40], snrm], &[Ok(40), Ok(8)]),
            ("no flag between", &[&kaifa[..40], &disc[..11], snrm], &[Ok(40), Ok(11), Ok(8)]),
            (
                "junk, and a shared flag",
                &[b"abc", b"~", &kaifa[..40], snrm],
                &[Err((3, None)), Ok(40), Ok(8)],
            ),
            ("the tail of a frame", &[&kaifa[20..], kaifa], &[Err((20, None)), Ok(40)]),
            ("no frame format 3", &[b"~\x90abc", snrm], &[Err((4, None)), Ok(8)]),
            ("wrong length", &[&bad_length, kaifa], &[Err((40, Some((0, header)))), Ok(40)]),
            ("wrong octet", &[snrm, &bad_octet, kaifa], &[Ok(8), Err((40, Some((9, check)))), Ok(40)]),
            ("lost octets", &[&short], &[Err((30, Some((0, short_check)))), Ok(8)]),
            ("ends inside", &[snrm, &kaifa[..25]], &[Ok(8), Err((25, Some((9, cut(25)))))]),
            (
                "ends inside the format",
                &[snrm, b"~\xA0"],
                &[Ok(8), Err((2, Some((9, ErrorKind::Truncated { available: 2, announced: 8 }))))],
            ),
            (
                "ends inside, a whole one in it",
                &[&kaifa[..9], snrm, b"abc"],
                &[Err((9, Some((0, cut(21))))), Ok(8), Err((3, None))],
            ),
        ];
        for (name, parts, expected) in table {
            assert_eq!(items(&parts.concat()), expected, "{name}");
        }
    }

    #[test]
    fn a_frame_may_hold_whole_frames() {
        let inner = [hex(KAIFA), hex(SNRM), SEGMENTS.map(hex).concat()].concat();
        let outer = sample::frame(false, &[1], &[3], 0x13, Some(&inner));
        assert_eq!(items(&outer), [Ok(outer.len())]);
        // Damaged, it gives what is inside.
        let mut damaged = outer;
        damaged[7] ^= 1;
        assert_eq!(items(&damaged).iter().filter(|item| item.is_ok()).count(), 5);
    }

    #[test]
    fn a_wrong_length_costs_no_other_frame() {
        let mut bad = hex(KAIFA);
        bad[1..3].copy_from_slice(b"\xA7\xFF");
        let stream: Vec<u8> = bad.into_iter().chain(iter::repeat_n(hex(KAIFA), 20).flatten()).collect();
        // All of them, and as soon as the header check is there.
        assert_eq!(items(&stream).iter().filter(|item| item.is_ok()).count(), 20);
        assert!(matches!(Scanner::new().step(&stream[..9], 0, false), Step::Broken { skip: 9, .. }));
    }

    #[test]
    fn a_frame_too_long_is_refused_at_its_header() {
        let octets = hex(KAIFA);
        let fault = ErrorKind::TooLong { announced: 40, limit: 39 };
        assert_eq!(Scanner::with_limit(39).step(&octets[..9], 0, false), Step::Broken { skip: 9, fault });
        assert_eq!(Scanner::with_limit(40).step(&octets[..9], 0, false), Step::More(31));
        assert!(matches!(Scanner::with_limit(40).step(&octets, 0, false), Step::Unit { length: 40, .. }));
        // A damaged length is not believed.
        let mut damaged = octets;
        damaged[2] ^= 0x40;
        let Step::Broken { fault: ErrorKind::HeaderCheck { .. }, .. } =
            Scanner::with_limit(40).step(&damaged, 0, false)
        else {
            panic!()
        };
    }

    #[test]
    fn behind_the_header_check_the_whole_frame_is_asked_for() {
        let octets = sample::frame(false, &[1], &[3], 0x13, Some(&[0x55; 2000]));
        let mut scanner = Scanner::new();
        for length in 1..octets.len() {
            let Step::More(more) = scanner.step(&octets[..length], 0, false) else { panic!("at {length}") };
            assert!(more == octets.len() - length || (length < 8 && more < 8), "{more} at {length}");
        }
        assert!(matches!(scanner.step(&octets, 0, false), Step::Unit { .. }));
    }
}
