//! The search for the next readout.

use amshan_stream::{Scan, Step, Units};

use crate::crc::Backwards;
use crate::error::{Error, ErrorKind, Gap};
use crate::parse::{Mark, Progress};
use crate::readout::{LIMIT, Readout, Unit, is_line_end};
use crate::special::is_special;

/// Which checksum is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Check {
    /// CRC-16/ARC, as the P1 companion standards say.
    #[default]
    Arc,
    /// The same, or else CRC-16/X-25, which a Hungarian meter is said to send. Twice as much is accepted by
    /// chance.
    ArcOrX25,
    /// Any, or none: for meters whose checksum nobody understands.
    Ignored,
}

/// Tells what stands at the start of some octets: a readout, the start of one, or neither. See
/// [`amshan_stream::Scan`].
#[derive(Debug, Clone)]
pub struct Scanner {
    rules: Rules,
    progress: Progress,
    /// A readout that is known before its start is come to: where in the stream that is, its octets, and what it is.
    known: Option<(u64, usize, Unit)>,
}

/// What is asked of a readout.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) check: Check,
    /// Where its end mark may stand at the latest.
    pub(crate) limit: usize,
    /// The stream has shown a readout with a checksum: a meter sends one always or never.
    pub(crate) checksum_due: bool,
}

impl Scanner {
    /// A scanner for readouts with CRC-16/ARC, or without a checksum as long as none had one.
    pub const fn new() -> Self {
        Self {
            rules: Rules { check: Check::Arc, limit: LIMIT, checksum_due: false },
            progress: Progress::new(),
            known: None,
        }
    }

    /// Takes this checksum for right.
    #[must_use]
    pub const fn with_check(mut self, check: Check) -> Self {
        self.rules.check = check;
        self
    }

    /// Gives up a readout that has no end mark within `limit` octets; [`LIMIT`] unless told.
    #[must_use]
    pub const fn with_limit(mut self, limit: usize) -> Self {
        self.rules.limit = limit;
        self
    }

    /// The most octets that a readout may have before its end mark.
    pub const fn limit(&self) -> usize {
        self.rules.limit
    }

    /// What began with a `/`.
    #[inline(never)]
    fn candidate(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Unit, ErrorKind> {
        if let Some((start, length, unit)) = self.known {
            self.known = None;
            // Among other framings, a unit of theirs may have taken it in.
            if start == at {
                return self.found(length, unit);
            }
        }
        if !ended && self.progress.goes_on(input, self.rules) {
            return Step::More(self.progress.missing(input, self.rules));
        }
        let (Error { kind, offset }, mark) = match self.progress.end_mark(input, self.rules, ended) {
            Ok((_, mark)) => match self.progress.check(input, mark, self.rules) {
                Ok(unit) => return self.found(mark.end, unit),
                Err(fault) => (fault.within(input), Some(mark)),
            },
            Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => (fault.within(input), None),
            Err(nom::Err::Incomplete(_)) if !ended => {
                return Step::More(self.progress.missing(input, self.rules));
            }
            Err(nom::Err::Incomplete(_)) => {
                let available = input.len();
                (Error { kind: ErrorKind::Truncated { available }, offset: available }, None)
            }
        };
        let skip = self.give_up(input, at, kind, offset, mark);
        Step::Broken { skip: skip.max(1), fault: kind }
    }

    fn found(&mut self, length: usize, unit: Unit) -> Step<Unit, ErrorKind> {
        self.rules.checksum_due |= unit.crc().is_some();
        self.progress = Progress::new();
        Step::Unit { length, unit }
    }

    /// Where to go on behind a candidate that failed for what stands at `offset`, and with it every candidate that
    /// began between: a readout is cut by the same octets wherever it began. There are two exceptions. A checksum
    /// may be right for one that began later, when a cut has glued two together in the middle of a line. And what
    /// is too long may hold a start of something shorter.
    fn give_up(
        &mut self,
        input: &[u8],
        at: u64,
        kind: ErrorKind,
        offset: usize,
        mark: Option<Mark>,
    ) -> usize {
        let progress = core::mem::take(&mut self.progress);
        let mark = mark.filter(|_| matches!(kind, ErrorKind::Checksum { .. }));
        for mark in [progress.inside, mark].into_iter().flatten() {
            if let Some(start) = start_before(input, mark, self.rules.check) {
                let unit = Unit { mark: mark.at.saturating_sub(start), crc: mark.crc };
                let begins = at.saturating_add(start as u64);
                self.known = Some((begins, mark.end.saturating_sub(start), unit));
                return start;
            }
        }
        match kind {
            // One start only, so that no octet is looked at more than twice.
            ErrorKind::TooLong { .. } => last_start(input.get(..offset).unwrap_or(input)).unwrap_or(offset),
            _ => offset,
        }
    }
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

impl Scan for Scanner {
    type Unit = Unit;
    type Fault = ErrorKind;

    fn step(&mut self, input: &[u8], at: u64, ended: bool) -> Step<Unit, ErrorKind> {
        match input.first() {
            None => Step::More(1),
            // Mostly the end of a readout's last line, and the next readout.
            Some(b'\r') if matches!(input, [_, b'\n', b'/', ..]) => Step::Fill(2),
            Some(b'/') => self.candidate(input, at, ended),
            Some(&octet) if is_fill(octet) => {
                Step::Fill(input.iter().position(|octet| !is_fill(*octet)).unwrap_or(input.len()))
            }
            Some(_) => {
                let noise = memchr::memchr(b'/', input).and_then(|end| input.get(..end)).unwrap_or(input);
                // Fill at its end is none of it: it might stand alone in a later piece of the stream.
                Step::Noise(
                    noise.iter().rposition(|octet| !is_fill(*octet)).map_or(1, |at| at.saturating_add(1)),
                )
            }
        }
    }

    #[inline]
    fn goes_on(&mut self, input: &[u8]) -> bool {
        self.progress.goes_on(input, self.rules)
    }

    #[inline]
    fn tells(&self, octet: u8) -> bool {
        SPECIAL.get(usize::from(octet)).copied().unwrap_or_default()
    }
}

/// What is not merely text in a readout.
static SPECIAL: [bool; 256] = {
    let mut all = [false; 256];
    let (mut places, mut octet): (&mut [bool], u8) = (&mut all, 0);
    while let [place, behind @ ..] = places {
        *place = is_special(octet);
        octet = octet.wrapping_add(1);
        places = behind;
    }
    all
};

/// The readouts in `bytes`, and what lies between them.
///
/// ```
/// let bytes = b"noise/ABC5\r\n\r\n1-0:1.7.0(00.123*kW)\r\n!\r\n";
/// let mut readouts = amshan_dlde::readouts(bytes);
/// assert_eq!(readouts.next().unwrap().unwrap_err().length, 5);
/// assert_eq!(readouts.next().unwrap()?.identification().manufacturer(), b"ABC");
/// assert!(readouts.next().is_none());
/// # Ok::<(), amshan_dlde::Gap>(())
/// ```
pub fn readouts(bytes: &[u8]) -> Readouts<'_> {
    readouts_with(Scanner::new(), bytes)
}

/// The same with a scanner of one's own, for another checksum or limit.
pub fn readouts_with(scanner: Scanner, bytes: &[u8]) -> Readouts<'_> {
    Readouts { units: amshan_stream::units(scanner, bytes) }
}

/// Iterator over the readouts in a slice, from [`readouts`].
#[derive(Debug, Clone)]
pub struct Readouts<'a> {
    units: Units<'a, Scanner>,
}

impl<'a> Iterator for Readouts<'a> {
    type Item = Result<Readout<'a>, Gap>;

    fn next(&mut self) -> Option<Self::Item> {
        self.units.next().map(|found| found.map(|(octets, unit)| unit.readout(octets)))
    }

    #[inline]
    fn fold<B, F: FnMut(B, Self::Item) -> B>(self, init: B, each: F) -> B {
        self.units.map(|found| found.map(|(octets, unit)| unit.readout(octets))).fold(init, each)
    }
}

/// What may stand between readouts.
const fn is_fill(octet: u8) -> bool {
    const STX: u8 = 0x02;
    const ETX: u8 = 0x03;
    matches!(octet, 0 | STX | ETX | b'\t' | b'\r' | b'\n' | b' ')
}

/// Where the readout begins that ends with `mark` and has the right checksum, if it is not the start of `input`. The
/// octets between are known to be fit for a readout.
fn start_before(input: &[u8], mark: Mark, check: Check) -> Option<usize> {
    let octets = input.get(..=mark.at)?;
    let found = mark.crc?;
    let start = earliest_start(octets, Backwards::arc(found));
    match check {
        Check::ArcOrX25 => start.or_else(|| earliest_start(octets, Backwards::x25(found))),
        _ => start,
    }
}

/// One pass over all possible starts, with the checksum run backwards.
fn earliest_start(octets: &[u8], mut checksum: Backwards) -> Option<usize> {
    let mut earliest = None;
    let mut printable = false; // from here to the next end of a line
    for (at, &octet) in octets.iter().enumerate().skip(1).rev() {
        let right = checksum.take_away(octet);
        printable = is_line_end(octet) || (printable && matches!(octet, b' '..=b'~'));
        if right && printable && is_start(octets, at) {
            earliest = Some(at);
        }
    }
    earliest
}

/// The last `/` with three letters behind it, but the first octet of all.
fn last_start(octets: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b'/', octets).find(|&at| is_start(octets, at)).filter(|&at| at > 0)
}

fn is_start(octets: &[u8], at: usize) -> bool {
    match octets.get(at..).unwrap_or_default() {
        [b'/', letters @ ..] => {
            letters.get(..3).is_some_and(|letters| letters.iter().all(u8::is_ascii_alphabetic))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{TELEGRAM, arc, crc, sealed, telegram};
    use std::vec::Vec;

    type Item = Result<Vec<u8>, (u64, u64, Option<(u64, ErrorKind)>)>;

    /// All items of the bytes, with the scanner as they are, one octet more at a time, and in pieces.
    fn items(scanner: &Scanner, bytes: &[u8]) -> Vec<Item> {
        let item = |item: Result<Readout<'_>, Gap>| {
            item.map(|readout| readout.raw().to_vec()).map_err(|gap| (gap.offset, gap.length, gap.fault))
        };
        let whole: Vec<Item> = readouts_with(scanner.clone(), bytes).map(item).collect();
        for size in [1, 7, 50, 512] {
            let mut reader = crate::ReadoutReader::<32768>::with_scanner(scanner.clone());
            let mut items = Vec::new();
            for piece in bytes.chunks(size).chain([&[][..]]) {
                reader.space()[..piece.len()].copy_from_slice(piece);
                if piece.is_empty() {
                    reader.finish()
                } else {
                    reader.advance(piece.len())
                }
                while let Some(found) = reader.next_readout() {
                    items.push(item(found));
                }
            }
            assert_eq!(items, whole, "in pieces of {size}: {}", bytes.escape_ascii());
        }
        whole
    }

    fn raw(octets: &[u8]) -> Item {
        Ok(octets.trim_ascii_end().to_vec())
    }

    fn gap(offset: u64, length: u64, at: u64, kind: ErrorKind) -> Item {
        Err((offset, length, Some((at, kind))))
    }

    const BARE: &[u8] = b"/ABC5\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!\r\n";

    #[test]
    fn readouts_follow_each_other() {
        let stream = [TELEGRAM, b"\x00 \t\x03\x02", TELEGRAM, &TELEGRAM[..152], TELEGRAM].concat();
        assert_eq!(items(&Scanner::new(), &stream), [(); 4].map(|()| raw(TELEGRAM)));
        assert_eq!(items(&Scanner::new(), b""), []);
        assert_eq!(items(&Scanner::new(), b"\r\n\r\n"), []);
    }

    #[test]
    fn no_single_wrong_bit_is_accepted() {
        for at in 0..TELEGRAM.len() - 2 {
            for bit in 0..8 {
                let mut damaged = TELEGRAM.to_vec();
                damaged[at] ^= 1 << bit;
                let same_checksum = at >= 148 && damaged[at].eq_ignore_ascii_case(&TELEGRAM[at]);
                let found = readouts(&damaged).filter(Result::is_ok).count();
                assert_eq!(found, usize::from(same_checksum), "bit {bit} of octet {at}");
            }
        }
    }

    #[test]
    fn noise_is_reported_once_and_without_the_fill_around_it() {
        let stream = [b"\r\nab \r\n c\xFF/1//x\r\n\x00", TELEGRAM, b"\xFF\xFF\r\n"].concat();
        let kind = ErrorKind::Identification { found: b'1' };
        let length = TELEGRAM.len() as u64;
        assert_eq!(
            items(&Scanner::new(), &stream),
            [gap(2, 13, 10, kind), raw(TELEGRAM), Err((18 + length - 2 + 2, 2, None))]
        );
    }

    #[test]
    fn what_is_cut_does_not_take_the_next_one_along() {
        let length = TELEGRAM.len() as u64;
        for cut in 1..TELEGRAM.len() - 2 {
            let stream = [&TELEGRAM[..cut], TELEGRAM].concat();
            let found = items(&Scanner::new(), &stream);
            assert_eq!(found.len(), 2, "{cut}: {found:?}");
            assert!(
                matches!(&found[0], Err((0, skipped, Some(_))) if *skipped == cut as u64),
                "{cut}: {found:?}"
            );
            assert_eq!(found[1], raw(TELEGRAM));
            // The end lost as well: nothing is found, and nothing is told twice.
            let stream = &stream[..stream.len() - 8];
            let found = items(&Scanner::new(), stream);
            assert!(matches!(&found[..], [Err((0, _, Some(_)))]), "{cut}: {found:?}");
        }
        assert_eq!(items(&Scanner::new(), &TELEGRAM[1..]), [Err((0, length - 3, None))]);
    }

    #[test]
    fn kinds_of_damage() {
        use ErrorKind::{Character, Checksum, Cut, EndMark, Truncated};
        let wrong = [&TELEGRAM[..148], b"3FFB\r\n"].concat();
        for (damaged, length, kind) in [
            (&TELEGRAM[..100], 100, Truncated { available: 100 }),
            (&TELEGRAM[..31], 31, Cut),
            (&wrong[..], 152, Checksum { found: 0x3FFB, computed: 0x3FFA }),
            (b"/ABC5\r\n1.8.0(\x80\x81)\r\n", 16, Character { found: 0x80 }),
            (b"/ABC5\r\n!ABCz", 12, EndMark { found: b'z' }),
        ] {
            let mut stream = damaged.to_vec();
            let mut expected = std::vec![gap(0, length, 0, kind)];
            if !matches!(kind, Truncated { .. }) {
                stream.extend(TELEGRAM);
                expected.push(raw(TELEGRAM));
            }
            assert_eq!(items(&Scanner::new(), &stream), expected, "{kind:?}");
        }
    }

    #[test]
    fn glued_in_the_middle_of_a_line() {
        let aidon = sealed("/ADN9 6534\r\n\r\n1-0:71.7.0(123.1*A)!");
        let cut = b"/ADN9 6534\r\n\r\n1-0:71.7.0(12";
        let checksum = |stream: &[u8], found| {
            let computed = arc(&stream[..stream.len() - 6]);
            ErrorKind::Checksum { found, computed }
        };
        // Twice cut, then whole: only the checksum knows.
        let stream = [&cut[..], cut, TELEGRAM].concat();
        let kind = checksum(&stream, 0x3FFA);
        assert_eq!(items(&Scanner::new(), &stream), [gap(0, 54, 0, kind), raw(TELEGRAM)]);
        // With the end mark inside a line, the next readout proves that it was the end.
        let stream = [&cut[..], &aidon, &aidon].concat();
        let expected = [gap(0, 27, 0, ErrorKind::Cut), raw(&aidon), raw(&aidon)];
        assert_eq!(items(&Scanner::new(), &stream), expected);
        let stream = [&cut[..], &aidon].concat();
        let kind = ErrorKind::Truncated { available: stream.len() };
        assert_eq!(items(&Scanner::new(), &stream), [gap(0, 27, 0, kind), raw(&aidon)]);
        // No checksum: nobody can tell.
        let stream = [&cut[..], BARE].concat();
        assert_eq!(items(&Scanner::new(), &stream), [raw(&stream)]);
    }

    #[test]
    fn a_start_in_noise_holds_up_nothing_for_ever() {
        let limit = 200;
        let mut stream = b"/abc ".to_vec();
        stream.resize(limit - 50, b'x');
        stream.extend(TELEGRAM);
        let kind = ErrorKind::TooLong { limit };
        let expected = [gap(0, limit as u64 - 50, 0, kind), raw(TELEGRAM)];
        assert_eq!(items(&Scanner::new().with_limit(limit), &stream), expected);
    }

    #[test]
    fn a_missing_checksum_is_damage_where_others_had_one() {
        let both = [TELEGRAM, BARE].concat();
        let missing = gap(154, BARE.len() as u64 - 2, 154, ErrorKind::ChecksumMissing);
        assert_eq!(items(&Scanner::new(), &both), [raw(TELEGRAM), missing]);
        let both = [BARE, TELEGRAM, BARE].concat();
        assert_eq!(items(&Scanner::new(), &both)[..2], [raw(BARE), raw(TELEGRAM)]);
        let ignored = Scanner::new().with_check(Check::Ignored);
        assert_eq!(items(&ignored, &both), [raw(BARE), raw(TELEGRAM), raw(BARE)]);
    }

    #[test]
    fn latin_1_without_a_checksum_costs_what_began_before_it() {
        let latin = b"/ABC5\r\n0-1:24.2.1(1*m\xB3)\r\n0-1:2";
        let stream = [&latin[..], BARE].concat();
        let found = items(&Scanner::new(), &stream);
        let length = latin.len() as u64;
        assert_eq!(found, [gap(0, length, 0, ErrorKind::Character { found: 0xB3 }), raw(BARE)]);
    }

    #[test]
    fn other_checksums() {
        let text = b"/HLY5/D545-METER\r\n\r\n1-0:1.7.0(00.543*kW)\r\n!";
        let x25 = crc(text, 0x8408, 0xFFFF, 0xFFFF);
        let stream = [&text[..], std::format!("{x25:04x}\r\n").as_bytes()].concat();
        let kind = ErrorKind::Checksum { found: x25, computed: arc(text) };
        let refused = gap(0, stream.len() as u64 - 2, 0, kind);
        assert_eq!(items(&Scanner::new(), &stream), [refused]);
        let either = Scanner::new().with_check(Check::ArcOrX25);
        assert_eq!(items(&either, &[&stream, TELEGRAM].concat()), [raw(&stream), raw(TELEGRAM)]);
        let glued = [b"/HLY5\r\n1.8.0(", &stream[..]].concat();
        assert_eq!(items(&either, &glued)[1..], [raw(&stream)]);
        let ignored = Scanner::new().with_check(Check::Ignored);
        assert_eq!(items(&ignored, &stream), [raw(&stream)]);
    }

    #[test]
    fn short_checksums_at_the_end_of_the_input() {
        let text = (0..).map(|n| std::format!("/NWA-WARMTELINK\r\n\r\n1.8.0({n})\r\n!"));
        let short = text.into_iter().find(|text| arc(text.as_bytes()) < 0x1000).unwrap();
        let stream = std::format!("{short}{:X}", arc(short.as_bytes())).into_bytes();
        assert_eq!(items(&Scanner::new(), &stream), [raw(&stream)]);
        let stream = [&stream[..], b"\r\n", TELEGRAM].concat();
        assert_eq!(items(&Scanner::new(), &stream)[1], raw(TELEGRAM));
    }

    /// Each takes minutes as soon as octets are looked at again and again.
    #[test]
    fn input_made_to_hurt() {
        let tiny = sealed("/abc\nx!").trim_ascii_end().to_vec();
        for (pattern, found) in [
            (b"/".to_vec(), 0),
            (b"!".to_vec(), 0),
            (b"/abc".to_vec(), 0),
            (b"/abc\n".to_vec(), 0),
            (b"x/abc\n".to_vec(), 0),
            (b"x/abc\nx!0000".to_vec(), 0),
            (b"/abc\n!0000".to_vec(), 0),
            ([&b"/abc\n"[..], &b"x!0000".repeat(3000)].concat(), 0),
            ([&b"/abc"[..], &b"x/abc\n".repeat(2500), b"\n!1234"].concat(), 0),
            ([&b"x\xB3/abc\n".repeat(2000)[..], b"!\n"].concat(), 7),
            // Of those that end inside a line, the last of 16 KiB is found.
            ([&b"(/abc\n("[..], &tiny].concat(), 6),
        ] {
            let stream: Vec<u8> = pattern.iter().copied().cycle().take(100_000).collect();
            let items = items(&Scanner::new(), &stream);
            let readouts = items.iter().filter(|item| item.is_ok()).count();
            assert!(
                readouts.abs_diff(found) <= 2,
                "{readouts} in {}",
                pattern[..20.min(pattern.len())].escape_ascii()
            );
        }
    }

    #[test]
    fn a_long_message_fits() {
        let message = std::format!("0-0:96.13.0({})", "4B".repeat(2048));
        let telegram = telegram(&[&message, "1-0:1.7.0(00.543*kW)"]);
        assert_eq!(items(&Scanner::new(), &telegram), [raw(&telegram)]);
    }
}
