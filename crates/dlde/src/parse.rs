//! The streaming nom parser of one readout.
//!
//! It decides as early as the octets allow, and says `Incomplete` only while the readout may still be whole.

use nom::number::streaming::u8;
use nom::{Err, IResult, Needed, Offset};

use crate::crc;
use crate::error::{Error, ErrorKind};
use crate::readout::{LIMIT, Readout, Unit};
use crate::scan::{Check, Rules};
use crate::special::{position_far_away, position_of_special};

/// What is wrong, and from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault<'a> {
    /// The input from the octet in question on.
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

/// One readout, from its `/` to its checksum; where it has none, to the end mark, with the end of the line behind
/// it as the proof that there is none.
///
/// # Errors
///
/// `Incomplete` while the octets so far may be the start of a readout; else a [`Fault`].
pub fn readout(input: &[u8]) -> IResult<&[u8], Readout<'_>, Fault<'_>> {
    let rules = Rules { check: Check::Arc, limit: LIMIT, checksum_due: false };
    let mut progress = Progress::new();
    let (rest, mark) = progress.end_mark(input, rules, false)?;
    let unit = progress.check(input, mark, rules).map_err(Err::Error)?;
    Ok((rest, unit.readout(input.get(..mark.end).unwrap_or(input))))
}

/// Where a readout may end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// Where the `!` stands.
    pub(crate) at: usize,
    /// Behind the checksum.
    pub(crate) end: usize,
    /// The checksum.
    pub(crate) crc: Option<u16>,
}

/// How far a readout has been looked at: what there is to remember while it comes in, so that no octet is looked
/// at twice.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Progress {
    /// This many octets may be the start of a readout.
    seen: usize,
    /// The octet behind them is known to be special.
    special: bool,
    /// The identification line is known to have ended.
    identified: bool,
    /// Its end was looked for within this many octets.
    identifying: usize,
    /// The last octet beyond ASCII, of which only a checksum can tell whether it was sent so.
    latin: Option<usize>,
    /// The last `!` inside a line with four hexadecimal digits behind it, which are not the checksum.
    pub(crate) inside: Option<Mark>,
    /// The checksum of the first `summed` octets.
    sum: u16,
    summed: usize,
}

impl Progress {
    /// Nothing seen so far.
    pub(crate) const fn new() -> Self {
        Self {
            seen: 0,
            special: false,
            identified: false,
            identifying: 0,
            latin: None,
            inside: None,
            sum: 0,
            summed: 0,
        }
    }

    /// Looks for the end of the readout. `ended`: nothing will follow `input`.
    pub(crate) fn end_mark<'a>(
        &mut self,
        input: &'a [u8],
        rules: Rules,
        ended: bool,
    ) -> IResult<&'a [u8], Mark, Fault<'a>> {
        if self.seen == 0 {
            start(input)?;
            self.seen = START;
        }
        loop {
            let within = input.get(..rules.limit).unwrap_or(input);
            let Some((at, octet)) = self.next_special(within) else {
                self.seen = within.len();
                return if within.len() < rules.limit {
                    Err(Err::Incomplete(Needed::Unknown))
                } else {
                    fail(input, within.len(), ErrorKind::TooLong { limit: rules.limit })
                };
            };
            // An end mark may wait for its digits.
            self.seen = at;
            let line_start = matches!(at.checked_sub(1).and_then(|at| input.get(at)), Some(b'\r' | b'\n'));
            match octet {
                b'!' if line_start => return mark_at_line_start(input, at, ended),
                b'!' if self.is_identified(input, at) => {
                    if let Some(mark) = mark_inside_line(input, at, ended)? {
                        if mark.crc == Some(self.sum_to(input, at)) {
                            return Ok((input.get(mark.end..).unwrap_or_default(), mark));
                        }
                        self.inside = Some(mark);
                    }
                }
                b'/' if line_start => return fail(input, at, ErrorKind::Cut),
                b'!' | b'/' => {}
                b'\t' if self.is_identified(input, at) => {}
                0xA0.. if self.is_identified(input, at) => self.latin = Some(at),
                found => return fail(input, at, ErrorKind::Character { found }),
            }
            self.seen = at.saturating_add(1);
        }
    }

    /// How many octets behind `input`, which is incomplete, are needed to tell more, unless one of them is special.
    pub(crate) fn missing(&self, input: &[u8], rules: Rules) -> usize {
        match self.seen {
            0 => START.saturating_sub(input.len()),
            seen if seen < input.len() => 1,
            _ => rules.limit.saturating_sub(input.len()),
        }
    }

    /// Checks the readout that ends with `mark`.
    pub(crate) fn check<'a>(&mut self, input: &'a [u8], mark: Mark, rules: Rules) -> Result<Unit, Fault<'a>> {
        let fault = |at: usize, kind| Fault { at: input.get(at..).unwrap_or_default(), kind };
        let checksum_at = mark.at.saturating_add(1);
        let unit = Unit { mark: mark.at, crc: mark.crc };
        match (mark.crc, self.latin, rules.check) {
            (_, _, Check::Ignored) => Ok(unit),
            (None, _, _) if rules.checksum_due => Err(fault(checksum_at, ErrorKind::ChecksumMissing)),
            (None, None, _) => Ok(unit),
            (None, Some(at), _) => {
                let found = input.get(at).copied().unwrap_or_default();
                Err(fault(at, ErrorKind::Character { found }))
            }
            (Some(found), _, check) => {
                let computed = self.sum_to(input, mark.at);
                let summed = input.get(..checksum_at).unwrap_or(input);
                if found == computed || (check == Check::ArcOrX25 && found == crc::checksum_x25(summed)) {
                    Ok(unit)
                } else {
                    Err(fault(checksum_at, ErrorKind::Checksum { found, computed }))
                }
            }
        }
    }

    /// The checksum up to the octet at `last`, which is summed as well.
    fn sum_to(&mut self, input: &[u8], last: usize) -> u16 {
        let end = last.saturating_add(1);
        self.sum = crc::checksum(self.sum, input.get(self.summed..end).unwrap_or_default());
        self.summed = end;
        self.sum
    }

    /// The next octet that is not merely text.
    fn next_special(&mut self, input: &[u8]) -> Option<(usize, u8)> {
        let at = match core::mem::take(&mut self.special) {
            true => self.seen,
            false => self.seen.saturating_add(position_of_special(input.get(self.seen..)?)?),
        };
        Some((at, *input.get(at)?))
    }

    /// Whether a line has ended before the octet at `end`. Few octets ask for it, so it is not looked for until then.
    fn is_identified(&mut self, input: &[u8], end: usize) -> bool {
        let new = input.get(self.identifying..end).unwrap_or_default();
        self.identified = self.identified || memchr::memchr2(b'\r', b'\n', new).is_some();
        self.identifying = end;
        self.identified
    }

    /// Whether `input` is the start of a readout and nothing but text so far, so that all there is to say is that more must
    /// come. Of octets that come many at a time most are known by this alone.
    #[inline]
    pub(crate) fn goes_on(&mut self, input: &[u8], rules: Rules) -> bool {
        match *input {
            // The rest is known since the first look.
            _ if self.seen > 0 => {}
            // What `start` says, in fewer steps.
            [b'/', a, b, c, ..] if [a, b, c].iter().all(u8::is_ascii_alphabetic) => self.seen = START,
            _ => return false,
        }
        if self.special || input.len() >= rules.limit {
            return false;
        }
        let text = position_far_away(input.get(self.seen..).unwrap_or_default());
        self.seen = text.map_or(input.len(), |at| self.seen.wrapping_add(at));
        self.special = text.is_some();
        !self.special
    }
}

/// `/` and three letters. No unit of any framing is shorter, so that none is held up when they are looked at together.
const START: usize = 4;

/// The start of the identification line: `/` and three letters.
fn start(input: &[u8]) -> IResult<&[u8], (), Fault<'_>> {
    let (i, ()) = one(input, |octet| octet == b'/')?;
    let (i, ()) = one(i, |octet| octet.is_ascii_alphabetic())?;
    let (i, ()) = one(i, |octet| octet.is_ascii_alphabetic())?;
    one(i, |octet| octet.is_ascii_alphabetic())
}

fn one(input: &[u8], fits: impl Fn(u8) -> bool) -> IResult<&[u8], (), Fault<'_>> {
    let (i, found) = u8(input)?;
    if fits(found) { Ok((i, ())) } else { fail(input, 0, ErrorKind::Identification { found }) }
}

/// The `!` at the start of a line: an end mark, with a checksum or the end of the line behind it.
fn mark_at_line_start(input: &[u8], at: usize, ended: bool) -> IResult<&[u8], Mark, Fault<'_>> {
    let mark = mark(input, at);
    let digits = mark.end.saturating_sub(at.saturating_add(1));
    let rest = input.get(mark.end..).unwrap_or_default();
    match (digits, rest.first()) {
        (4, _) | (_, Some(b'\r' | b'\n')) => Ok((rest, mark)),
        (_, None) if ended => Ok((rest, mark)),
        (_, None) => Err(Err::Incomplete(Needed::Unknown)),
        (_, Some(&found)) => fail(rest, 0, ErrorKind::EndMark { found }),
    }
}

/// The `!` inside a line: perhaps an end mark if four hexadecimal digits follow, else text.
fn mark_inside_line(input: &[u8], at: usize, ended: bool) -> Result<Option<Mark>, Err<Fault<'_>>> {
    let mark = mark(input, at);
    let digits = mark.end.saturating_sub(at.saturating_add(1));
    if digits == 4 {
        Ok(Some(mark))
    } else if mark.end == input.len() && !ended {
        Err(Err::Incomplete(Needed::Unknown))
    } else {
        Ok(None)
    }
}

/// The `!` and up to four hexadecimal digits.
fn mark(input: &[u8], at: usize) -> Mark {
    let start = at.saturating_add(1);
    let behind = input.get(start..).unwrap_or_default();
    // Mostly there are four.
    if let [a, b, c, d, ..] = behind {
        let [a, b, c, d] = [a, b, c, d].map(|octet| digit(*octet));
        if a | b | c | d < NO_DIGIT {
            return Mark { at, end: start.saturating_add(4), crc: Some(a << 12 | b << 8 | c << 4 | d) };
        }
    }
    let mut mark = Mark { at, end: start, crc: None };
    for digit in behind.iter().take(4).map(|octet| digit(*octet)).take_while(|digit| *digit != NO_DIGIT) {
        mark.crc = Some(mark.crc.unwrap_or(0) << 4 | digit);
        mark.end = mark.end.saturating_add(1);
    }
    mark
}

/// The hexadecimal digit that an octet is, or [`NO_DIGIT`].
#[inline(always)]
pub(crate) fn digit(octet: u8) -> u16 {
    DIGITS.get(usize::from(octet)).copied().unwrap_or(NO_DIGIT)
}

/// For each octet, what it is as a hexadecimal digit.
static DIGITS: [u16; 256] = digits();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "runs at compile time only")]
const fn digits() -> [u16; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut digit = 0u16;
    while digit < 16 {
        digits[b"0123456789ABCDEF"[digit as usize] as usize] = digit;
        digits[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    digits
}

/// Above what two digits are, with another digit before or behind it, too.
const NO_DIGIT: u16 = 0x0100;

fn fail<T>(input: &[u8], at: usize, kind: ErrorKind) -> IResult<&[u8], T, Fault<'_>> {
    Err(Err::Error(Fault { at: input.get(at..).unwrap_or_default(), kind }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{TELEGRAM, arc, sealed, telegram};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use std::vec::Vec;

    /// The whole telegram but the last end of line, which is none of the readout.
    const READOUT: usize = TELEGRAM.len() - 2;

    fn error(input: &[u8]) -> (ErrorKind, usize) {
        match readout(input) {
            Err(Err::Error(fault)) => (fault.kind, fault.within(input).offset),
            other => panic!("{other:?}"),
        }
    }

    fn length(input: &[u8]) -> usize {
        readout(input).unwrap().1.raw().len()
    }

    #[test]
    fn telegram_of_the_specification() {
        let (rest, readout) = readout(TELEGRAM).unwrap();
        assert_eq!((rest, readout.crc()), (&b"\r\n"[..], Some(0x3FFA)));
        assert_eq!(readout.raw(), &TELEGRAM[..READOUT]);
        assert_eq!(arc(&TELEGRAM[..READOUT - 4]), 0x3FFA);
    }

    #[test]
    fn truncated_is_incomplete_at_every_length() {
        for length in 0..READOUT {
            assert!(matches!(readout(&TELEGRAM[..length]), Err(Err::Incomplete(_))), "{length}");
        }
        assert!(readout(&TELEGRAM[..READOUT]).is_ok()); // no need to wait for the end of the line
    }

    #[test]
    fn what_may_follow_the_end_mark() {
        let text = &b"/ABC5\r\n\r\n1-0:1.7.0(00.000*kW)\r\n!"[..];
        let zero = "/ABC5\r\n\r\n1.7.0(0000)\r\n!";
        for (behind, crc, octets) in [("\r", None, 0), ("\n", None, 0), ("DBE8", Some(0xDBE8), 4)] {
            let input = [text, behind.as_bytes()].concat();
            let (_, readout) = readout(&input).unwrap();
            assert_eq!((readout.crc(), readout.raw().len()), (crc, text.len() + octets), "{behind}");
        }
        for incomplete in ["", "0", "089"] {
            let input = [text, incomplete.as_bytes()].concat();
            assert!(matches!(readout(&input), Err(Err::Incomplete(_))), "{incomplete}");
        }
        for (behind, found) in [("x", b'x'), ("08x", b'x'), (" ", b' '), ("89/", b'/'), ("\x00", 0)] {
            let input = [text, behind.as_bytes()].concat();
            let kind = ErrorKind::EndMark { found };
            assert_eq!(error(&input), (kind, input.len() - 1), "{behind}");
        }
        // Leading zeros left out, and any case; 0000 is a value like any other.
        let (short, digits) = with_small_checksum(0x0100..0x1000);
        assert_eq!(digits.len(), 3);
        assert_eq!(length(&[&short[..], digits.as_bytes(), b"\r\n"].concat()), short.len() + 3);
        assert_eq!(
            length(&[&short[..], digits.to_ascii_lowercase().as_bytes(), b"\n"].concat()),
            short.len() + 3
        );
        let computed = arc(zero.as_bytes());
        let found = ErrorKind::Checksum { found: 0, computed };
        assert_eq!(error(std::format!("{zero}0000").as_bytes()), (found, zero.len()));
        let (null, _) = with_small_checksum(0..1);
        assert_eq!(length(&[&null[..], b"0000"].concat()), null.len() + 4);
    }

    /// A readout up to its end mark whose checksum is in the range, and the digits without leading zeros.
    fn with_small_checksum(range: core::ops::Range<u16>) -> (Vec<u8>, std::string::String) {
        let texts = (0..).map(|n: u32| std::format!("/ABC5\r\n\r\n1.8.0({n}*kWh)\r\n!"));
        let text = texts.into_iter().find(|text| range.contains(&arc(text.as_bytes()))).unwrap();
        let digits = std::format!("{:X}", arc(text.as_bytes()));
        (text.into_bytes(), digits)
    }

    #[test]
    fn checksums_have_up_to_four_digits() {
        for octet in 0..=255u8 {
            for at in 0..4 {
                let mut input = *b"x!0aF9\r";
                input[at + 2] = octet;
                let digits: Vec<_> =
                    input[2..].iter().map_while(|octet| char::from(*octet).to_digit(16)).collect();
                let crc = digits.iter().map(|digit| *digit as u16).reduce(|crc, digit| crc << 4 | digit);
                let mark = mark(&input, 1);
                assert_eq!(
                    (mark.at, mark.end, mark.crc),
                    (1, 2 + digits.len(), crc),
                    "{}",
                    input.escape_ascii()
                );
            }
        }
    }

    #[test]
    fn an_exclamation_mark_inside_a_line_needs_a_right_checksum() {
        let aidon = sealed("/ADN9 6534\r\n\r\n1-0:71.7.0(123.1*A)!");
        assert_eq!(length(&aidon), aidon.len() - 2);
        // Text that is no end mark, or whose digits are no checksum.
        for text in ["(!)", "(!12)", "(!1234)", "(!1234!56789)", "!!!!", "a!0000", "!zzzz"] {
            let telegram = telegram(&[&std::format!("0-0:96.13.0{text}"), "1-0:1.7.0(00.543*kW)"]);
            assert_eq!(length(&telegram), telegram.len() - 2, "{text}");
        }
    }

    #[test]
    fn latin_1_needs_a_checksum() {
        let gas = sealed(b"/ABC5\r\n\r\n0-1:24.2.1(240115123000W)(00012.345*m\xB3)\r\n!");
        assert_eq!(length(&gas), gas.len() - 2);
        let mut without = gas[..gas.len() - 6].to_vec();
        without.extend(b"\r\n");
        assert_eq!(error(&without), (ErrorKind::Character { found: 0xB3 }, 46));
    }

    #[test]
    fn ends_of_lines_as_found_in_the_wild() {
        for text in [
            "/KAM5\n\n1.8.0(1)\n!",
            "/KAM5\r\n1.8.0(1)\r\n!",
            "/KAM\r1.8.0(1)\r!",
            "/KAM5\r\n!",
            "/HLY5/D545-METER\r\n\r\n1.8.0(a/b)\r\n!",
        ] {
            let telegram = sealed(text);
            assert_eq!(length(&telegram), telegram.len() - 2, "{text}");
        }
    }

    #[test]
    fn errors_come_as_soon_as_they_can_and_say_where() {
        use ErrorKind::{Character, Checksum, Cut, Identification};
        for (input, kind, offset) in [
            (&b"x"[..], Identification { found: b'x' }, 0),
            (b"/1", Identification { found: b'1' }, 1),
            (b"/AB5", Identification { found: b'5' }, 3),
            (b"/ABC5\x00", Character { found: 0 }, 5),
            (b"/ABC5\t", Character { found: 9 }, 5),
            (b"/ABC5\xB3", Character { found: 0xB3 }, 5),
            (b"/ABC5\r\n\x1B", Character { found: 0x1B }, 7),
            (b"/ABC5\r\n1.8.0(1\x7F", Character { found: 0x7F }, 14),
            (b"/ABC5\r\n1.8.0(1\x9F", Character { found: 0x9F }, 14),
            (b"/ABC5\r\n1.8.0(1)\r\n/", Cut, 17),
            (b"/ABC5\r\n!0001", Checksum { found: 1, computed: 0x0601 }, 8),
        ] {
            assert_eq!(error(input), (kind, offset), "{}", input.escape_ascii());
        }
        let mut long = b"/ABC5\r\n".to_vec();
        long.resize(LIMIT, b'x');
        assert_eq!(error(&long), (ErrorKind::TooLong { limit: LIMIT }, LIMIT));
        long.pop();
        assert!(matches!(readout(&long), Err(Err::Incomplete(_))));
    }

    /// What [`Progress::end_mark`] finds, octet by octet: where the mark stands and the readout ends, or what is wrong
    /// and where. `None`: more octets are needed.
    fn plain(input: &[u8], limit: usize) -> Option<Result<(usize, usize), (ErrorKind, usize)>> {
        for (at, letter) in input.iter().enumerate().take(4) {
            if if at == 0 { *letter != b'/' } else { !letter.is_ascii_alphabetic() } {
                return Some(Err((ErrorKind::Identification { found: *letter }, at)));
            }
        }
        let mut identified = false;
        for (at, &octet) in input.iter().enumerate().take(limit).skip(4) {
            let begins = matches!(input[at - 1], b'\r' | b'\n');
            let digits = input[at + 1..].iter().take(4).take_while(|octet| octet.is_ascii_hexdigit()).count();
            let end = at + 1 + digits;
            match octet {
                b'\r' | b'\n' => identified = true,
                b'\t' if identified => {}
                b'/' if identified && begins => return Some(Err((ErrorKind::Cut, at))),
                b'!' if identified && begins => {
                    return match input.get(end) {
                        _ if digits == 4 => Some(Ok((at, end))),
                        None => None,
                        Some(b'\r' | b'\n') => Some(Ok((at, end))),
                        Some(&found) => Some(Err((ErrorKind::EndMark { found }, end))),
                    };
                }
                b'!' if identified && digits == 4 => {
                    let found =
                        u16::from_str_radix(str::from_utf8(&input[at + 1..end]).unwrap(), 16).unwrap();
                    if found == arc(&input[..=at]) {
                        return Some(Ok((at, end)));
                    }
                }
                b'!' if identified && end == input.len() => return None,
                b' '..=b'~' => {}
                0xA0.. if identified => {}
                found => return Some(Err((ErrorKind::Character { found }, at))),
            }
        }
        (input.len() >= limit).then_some(Err((ErrorKind::TooLong { limit }, limit)))
    }

    fn found(
        progress: &mut Progress,
        input: &[u8],
        rules: Rules,
    ) -> Option<Result<(usize, usize), (ErrorKind, usize)>> {
        match progress.end_mark(input, rules, false) {
            Ok((_, mark)) => Some(Ok((mark.at, mark.end))),
            Err(Err::Incomplete(_)) => None,
            Err(Err::Error(fault) | Err::Failure(fault)) => {
                Some(Err((fault.kind, fault.within(input).offset)))
            }
        }
    }

    proptest! {
        #[test]
        fn blocks_are_searched_like_single_octets_wherever_the_stream_is_cut(
            identification in "/[A-Za-z]{3}5?[ -~]{0,20}(\r\n){1,2}",
            lines in vec("([0-9]-[0-9]:[0-9]{1,2}\\.[0-9]\\.[0-9]\\([0-9.]{3,9}\\*k?W\\)|[ -~]{0,20})\r\n", 0..12),
            damage in vec((any::<Index>(), prop_oneof![any::<u8>(), select(&b"!/\r\n\t \xB3\x0B\x0C\x7F"[..])]), 0..3),
            inside: bool,
            limit in prop_oneof![Just(LIMIT), 16..300usize],
            cuts in vec((1..200usize, any::<bool>()), 1..4),
        ) {
            let mut text = (identification + &lines.concat()).into_bytes();
            for (at, octet) in damage {
                let at = at.index(text.len());
                text[at] = octet;
            }
            text.extend(if inside { &b"1.8.0(1)!"[..] } else { b"!" });
            let input = sealed(text);
            let rules = Rules { check: Check::Arc, limit, checksum_due: false };
            let mut progress = Progress::new();
            let mut ends: Vec<usize> = Vec::new();
            for (size, asked) in cuts.iter().cycle() {
                let end = ends.last().map_or(0, |end| end + size).min(input.len());
                ends.push(end);
                let expected = plain(&input[..end], limit);
                prop_assert_eq!(found(&mut Progress::new(), &input[..end], rules), expected);
                if *asked && progress.goes_on(&input[..end], rules) {
                    prop_assert_eq!(expected, None);
                } else {
                    prop_assert_eq!(found(&mut progress, &input[..end], rules), expected);
                }
                if expected.is_some() || end == input.len() {
                    break;
                }
            }
        }
    }
}
