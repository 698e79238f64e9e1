//! Frames that an adapter has bent: it takes octets for text, and sends every `0A` as `0D 0A`.
//!
//! Such a frame is longer than it says, and its checks are wrong; read back, they must be right. As a `0D 0A` of the
//! meter's own can't be told from one of the adapter's, a frame that is right as it stands is never bent.

use core::cell::Cell;
use core::ops::Range;

use amshan_stream::{Credit, Scan, Step};
use memchr::memchr_iter;

use crate::error::ErrorKind;
use crate::fcs;
use crate::frame::Header;
use crate::parse::{self, LONGEST_FRAME};
use crate::plain::{self, LONGEST_HEADER};
use crate::scan::Scanner;

/// As [`Scanner`], and a frame that is wrong as it stands is right if it is so with every `0D 0A` read as `0A`.
///
/// Both its checks must hold then, so it must have an information field. The reason given for one that is right in
/// neither way is that of the frame as it stands.
///
/// Repairs have a limit: on average, each octet of the stream is read back twice. Only right headers inside one another,
/// none of which begins a frame, ask for more, and a bent frame behind such may be lost. One that is right as it stands
/// never is.
#[derive(Debug, Clone)]
pub struct BentScanner {
    scanner: Scanner,
    /// Why the candidate is wrong as it stands, while its other reading waits for more.
    wrong: Option<ErrorKind>,
    /// No `0D 0A` begins at these octets of the stream.
    straight: Range<u64>,
    credit: Credit,
}

/// A frame that a [`BentScanner`] has found.
///
/// If it is bent, its octets become a frame with [`unbend_in_place`] and [`Header::frame`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The header of the frame as the meter sent it.
    pub header: Header,
    /// Whether each `0A` of it was received as `0D 0A`.
    pub bent: bool,
}

/// Makes `0A` of every `0D 0A`. Returns how many octets are left, at the start.
///
/// ```
/// let mut octets = *b"\x01\x0D\x0A\x0D\x0D\x0A";
/// let length = amshan_hdlc::unbend_in_place(&mut octets);
/// assert_eq!(&octets[..length], b"\x01\x0A\x0D\x0A");
/// ```
pub fn unbend_in_place(octets: &mut [u8]) -> usize {
    // What is read is never behind what is written.
    let cells = Cell::from_mut(octets).as_slice_of_cells();
    let plain = unbent(cells.iter().map(Cell::get));
    cells.iter().zip(plain).map(|(to, octet)| to.set(octet)).count()
}

impl BentScanner {
    /// A scanner for frames of every length.
    pub const fn new() -> Self {
        Self { scanner: Scanner::new(), wrong: None, straight: 0..0, credit: Credit::new(MOST_CREDIT) }
    }

    /// Reads the octets from an opening flag on back, which as they stand are no frame for what is `wrong`.
    fn read(&mut self, wrong: ErrorKind, input: &[u8], at: u64, ended: bool) -> Reading {
        let concerned = match wrong {
            ErrorKind::FrameCheck { .. } => parse::announced(input).into(),
            _ => 2 * LONGEST_HEADER,
        };
        if self.is_straight(input, at, concerned) || self.credit.at(at) < LONGEST_FRAME.into() {
            return Reading::None;
        }
        // What a 0D is, the octet behind it tells.
        let octets = if ended { input } else { input.strip_suffix(&[CR]).unwrap_or(input) };
        let header = match plain::header(unbent(octets.iter().copied())) {
            Ok(header) if header.header_check => header,
            Err(ErrorKind::Truncated { .. }) => return Reading::Incomplete { more: 1 },
            _ => return Reading::None,
        };
        let reading = check(header, octets);
        if !matches!(reading, Reading::Incomplete { .. }) {
            self.credit.spend(header.octets());
        }
        reading
    }

    /// Whether no `0D 0A` begins in the first octets of `input`, so many of which are `concerned`; `input` begins at
    /// octet number `at` of the stream.
    fn is_straight(&mut self, input: &[u8], at: u64, concerned: usize) -> bool {
        if !self.straight.contains(&at) {
            self.straight = at..at;
        }
        let known = usize::try_from(self.straight.end.wrapping_sub(at)).unwrap_or(usize::MAX);
        if known >= concerned {
            return true;
        }
        // Look ahead, for the candidates to come.
        let unknown = input.get(known..).unwrap_or_default();
        let may_begin = |place: &usize| matches!(unknown.get(place.wrapping_add(1)), None | Some(&LF));
        let straight = memchr_iter(CR, unknown).find(may_begin).unwrap_or(unknown.len());
        self.straight.end = self.straight.end.saturating_add(straight as u64);
        straight.saturating_add(known) >= concerned.min(input.len())
    }
}

impl Default for BentScanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scan for BentScanner {
    type Unit = Received;
    type Fault = ErrorKind;

    fn step(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Received, ErrorKind> {
        let fault = match self.wrong {
            Some(wrong) => {
                self.wrong = None;
                wrong
            }
            None => match self.scanner.look(input, at, ended) {
                Step::More(n) => return Step::More(n),
                Step::Fill(n) => return Step::Fill(n),
                Step::Noise(n) => return Step::Noise(n),
                Step::Unit { length, unit } => {
                    return Step::Unit { length, unit: Received { header: unit, bent: false } };
                }
                Step::Broken { fault, .. } => fault,
            },
        };
        match self.read(fault, input, at, ended) {
            Reading::Frame { length, header } => Step::Unit { length, unit: Received { header, bent: true } },
            Reading::Incomplete { more } if !ended => {
                self.wrong = Some(fault);
                Step::More(more)
            }
            Reading::Incomplete { .. } | Reading::None => Step::Broken { skip: 1, fault },
        }
    }
}

/// What octets are when every `0D 0A` is read as `0A`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// No frame, or the same as without.
    None,
    /// Perhaps the start of a frame, of at least so many octets more as received.
    Incomplete { more: usize },
    /// A frame of so many octets as received, of which at least one is the adapter's.
    Frame { length: usize, header: Header },
}

/// Checks the frame of this header, whose octets are received from its opening flag on.
fn check(header: Header, octets: &[u8]) -> Reading {
    let (mut register, mut length, mut missing) = (fcs::START, 1, header.octets().saturating_sub(1));
    while missing > 0 {
        let rest = octets.get(length..).unwrap_or_default();
        let stretch = rest.get(..missing).unwrap_or(rest);
        let begins_pair = |place: &usize| rest.get(place.saturating_add(1)) == Some(&LF);
        let pair = memchr_iter(CR, stretch).find(begins_pair);
        let sent = stretch.get(..pair.unwrap_or(missing)).unwrap_or_default();
        if pair.is_none() && sent.len() < missing {
            return Reading::Incomplete { more: missing.saturating_sub(stretch.len()) };
        }
        register = fcs::run(register, sent);
        missing = missing.saturating_sub(sent.len());
        length = length.saturating_add(sent.len()).saturating_add(usize::from(pair.is_some()));
    }
    let bent = length > header.octets();
    if bent && register == fcs::RESIDUE { Reading::Frame { length, header } } else { Reading::None }
}

/// As many octets may be read back at once as four of the longest frames have.
const MOST_CREDIT: usize = 8192;

/// The octets as they were before the adapter.
fn unbent(bent: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    let mut bent = bent.peekable();
    core::iter::from_fn(move || match bent.next()? {
        CR => Some(bent.next_if_eq(&LF).unwrap_or(CR)),
        octet => Some(octet),
    })
}

const CR: u8 = 0x0D;
const LF: u8 = 0x0A;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{self, KAIFA, SNRM, bend, hex};
    use amshan_stream::units;
    use std::vec::Vec;

    /// Frames as their length as received and whether they are bent, gaps as their length and fault.
    type Item = Result<(usize, bool), (u64, Option<(u64, ErrorKind)>)>;

    fn items(octets: &[u8]) -> Vec<Item> {
        units(BentScanner::new(), octets)
            .map(|item| {
                item.map(|(octets, received)| (octets.len(), received.bent))
                    .map_err(|gap| (gap.length, gap.fault))
            })
            .collect()
    }

    fn with(information: &[u8]) -> Vec<u8> {
        sample::frame(false, &[1], &[2, 1], 0x13, Some(information))
    }

    /// A frame whose header check or frame check has a 0A at this place.
    fn with_lf_at(from_end: Option<usize>) -> Vec<u8> {
        (0..=u16::MAX)
            .find_map(|n| {
                let [high, low] = n.to_be_bytes();
                let frame = sample::frame(false, &[high & !1, low | 1], &[3], 0x13, Some(&[high, low]));
                let at = from_end.map_or(8, |from_end| frame.len() - from_end);
                (frame[at] == LF && frame.iter().filter(|octet| **octet == LF).count() == 1).then_some(frame)
            })
            .unwrap()
    }

    #[test]
    fn frames() {
        let kaifa = &hex(KAIFA)[..40];
        // name, sent, octets of the adapter
        let table: [(&str, &[u8], usize); 9] = [
            ("in the information", &with(b"abc\x0Adef"), 1),
            ("several, and side by side", &with(b"\x0A\x0A\x0Aab\x0A"), 4),
            ("a 0D of the meter in front", &with(b"ab\x0D\x0A"), 1),
            ("a 0D of the meter at the end", &with(b"\x0Aab\x0D"), 1),
            ("in the length", &with(&[0x55; 0x100]), 1),
            ("in the header check", &with_lf_at(None), 1),
            ("in the frame check", &with_lf_at(Some(2)), 1),
            ("the last octet", &with_lf_at(Some(1)), 1),
            ("none", kaifa, 0),
        ];
        for (name, sent, added) in table {
            let received = bend(sent);
            assert_eq!(received.len(), sent.len() + added, "{name}");
            let unit = Ok((received.len(), added > 0));
            assert_eq!(items(&received), [unit], "{name}");
            let stream = [b"~", &received[..], &received, &hex(SNRM)].concat();
            assert_eq!(items(&stream), [unit, unit, Ok((8, false))], "{name}, among others");
            let mut octets = received;
            let length = unbend_in_place(&mut octets);
            assert_eq!(&octets[..length], sent, "{name}");
        }
    }

    #[test]
    fn a_frame_that_is_right_as_it_stands_is_not_bent() {
        let frame = with(b"ab\x0D\x0Acd");
        assert_eq!(items(&frame), [Ok((frame.len(), false))]);
    }

    #[test]
    fn both_checks_must_hold() {
        let good = bend(&with(b"abc\x0Adef"));
        let stands = |octets: &[u8]| units(Scanner::new(), octets).next().unwrap().unwrap_err().fault;
        for at in [5, 7, 10, good.len() - 1] {
            let mut octets = good.clone();
            octets[at] ^= 0x10;
            let fault = stands(&octets);
            assert_eq!(items(&octets), [Err((octets.len() as u64, fault))], "octet {at}");
        }
        // Without information there is one check only.
        let short = (0..=255).map(|control| sample::frame(false, &[3], &[0x21], control, None));
        let short = bend(&short.clone().find(|frame| frame.contains(&LF)).unwrap());
        assert!(items(&short)[0].is_err());
    }

    #[test]
    fn it_is_decided_as_early_as_can_be() {
        let step = |octets: &[u8]| BentScanner::new().step(octets, 0, false);
        let good = bend(&with(b"abc\x0Adef"));
        for length in 1..good.len() {
            assert!(matches!(step(&good[..length]), Step::More(_)), "{length} octets");
        }
        // A wrong header that could not be right bent, either.
        let mut octets = good.clone();
        octets[7] ^= 1;
        assert_eq!(step(&octets[..8]), Step::More(1));
        assert!(matches!(step(&octets[..9]), Step::Broken { .. }));
        // A wrong frame check, and nothing to undo.
        let mut octets = with(b"abcdef");
        octets[10] ^= 1;
        assert!(matches!(step(&octets), Step::Broken { .. }));
        // What has ended will not become whole.
        assert!(matches!(BentScanner::new().step(&good[..good.len() - 1], 0, true), Step::Broken { .. }));
    }

    #[test]
    fn one_octet_at_a_time_reads_again_a_few_times_only() {
        let sent = with(&[LF; 2000]);
        let received = bend(&sent);
        let mut scanner = BentScanner::new();
        let (mut looks, mut length) = (0, 1);
        while let Step::More(more) = scanner.step(&received[..length], 0, false) {
            looks += usize::from(length >= sent.len());
            length += more;
        }
        assert!(looks < 16, "{looks}");
        assert_eq!(length, received.len());
    }
}
