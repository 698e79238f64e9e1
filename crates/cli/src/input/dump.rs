//! A hex dump, line by line.

use std::borrow::Cow;

use super::error::{Error, ErrorKind, Fault};
use super::line::{self, Found};
use super::margin;
use super::words::{nibble, split, words};
use super::{Pause, escaped};

/// What the first lines of a dump say of all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many digits the offsets have that no colon marks.
    offset: Option<usize>,
    /// Whether the octets are hex digits themselves, which say the octets.
    twice: bool,
    /// Whether each line is a message of its own.
    each_line: bool,
}

/// How messages without framing start: LLC header, data-notification, general-glo-ciphering; payload of a Tibber Pulse.
const UNFRAMED: [&[u8]; 4] = [&[0xE6, 0xE7, 0x00], &[0x0F], &[0xDB, 0x08], &[0x08]];

/// How bodies without any header start, and what they are longer than if they are no row of a dump.
const BODY: ([u8; 2], usize) = ([0x01, 0x02], 64);

impl Layout {
    /// The layout of a dump that starts with `lines`, and in how many of them something was found.
    pub(super) fn of(lines: &[&str]) -> (Self, usize) {
        let mut layout = Self { offset: margin::offset_digits(lines.iter().copied()), ..Self::default() };
        let (mut rows, damaged) = rows(lines, layout);
        let digits = rows.iter().flatten();
        if digits.clone().count() >= 8 && digits.clone().all(|octet| octet.is_ascii_hexdigit()) {
            layout.twice = true;
            (rows, _) = self::rows(lines, layout);
        }
        layout.each_line = are_messages(&rows);
        (layout, rows.len().saturating_add(damaged))
    }
}

/// The octets of all lines that have some, and how many lines are damaged.
fn rows(lines: &[&str], layout: Layout) -> (Vec<Vec<u8>>, usize) {
    let mut dump = Dump::new(layout);
    let (mut rows, mut damaged) = (Vec::new(), 0_usize);
    for line in lines {
        let mut row = Vec::new();
        damaged = damaged.saturating_add(usize::from(dump.line(line, &mut row).is_err()));
        rows.extend(Some(row).filter(|row| !row.is_empty()));
    }
    (rows, damaged)
}

/// Whether all rows start as the same kind of unframed message.
fn are_messages(rows: &[Vec<u8>]) -> bool {
    let all = |start: &[u8]| rows.iter().all(|row| row.starts_with(start));
    let (bodies, longest_row) = BODY;
    rows.len() >= 2
        && (UNFRAMED.into_iter().any(all)
            || bodies.into_iter().any(|tag| all(&[tag]) && rows.iter().all(|row| row.len() > longest_row)))
}

/// Reads a hex dump line by line.
#[derive(Debug)]
pub(super) struct Dump {
    layout: Layout,
    line: u64,
    /// Where the octets of the line before stand.
    before: Option<Found>,
    /// Whether the offset before is about as large as its digits allow.
    full: bool,
    /// The first digit of an octet, of which the second is in the next line; only in what is hex twice.
    high: Option<u8>,
}

impl Dump {
    /// Starts before the first line.
    pub(super) fn new(layout: Layout) -> Self {
        Self { layout, line: 0, before: None, full: false, high: None }
    }

    /// Adds the octets of the next line to `out`.
    ///
    /// # Errors
    ///
    /// `OddDigits`, `NotHex`, `RowsLeftOut` or `Words`; then nothing is added.
    pub(super) fn line(&mut self, text: &str, out: &mut Vec<u8>) -> Result<Option<Pause>, Error> {
        self.line = self.line.saturating_add(1);
        let text = without_colours(text);
        self.row(&text, out).map_err(|fault| {
            self.before = None;
            fault.in_line(&text, self.line)
        })
    }

    /// The number of the last line.
    pub(super) fn number(&self) -> u64 {
        self.line
    }

    /// Ends the dump behind its last line.
    ///
    /// # Errors
    ///
    /// `OddDigits`, if half an octet is left.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.whole().map_err(|fault| fault.in_line("", self.line))
    }

    fn row(&mut self, text: &str, out: &mut Vec<u8>) -> Result<Option<Pause>, Fault> {
        let line = margin::without_column(text);
        let (offset, rest) = self.split_offset(line);
        if offset.is_some() && rest.trim().is_empty() {
            return Ok(None);
        }
        if self.layout.offset.is_some() {
            check_row(line, rest)?;
        }
        let before = self.before.take();
        let mut row = Vec::new();
        let found = match escaped::read(line, &mut row)? {
            Some(at) => Some(Found { at, labelled: false }),
            None => line::read(line, rest, before.map(|before| before.at), &mut row)?,
        };
        let Some(found) = found else {
            self.whole()?;
            return Ok(Some(Pause::Before));
        };
        if self.layout.twice {
            self.decode(&mut row).map_err(|kind| Fault { kind, at: found.at })?;
        }
        out.append(&mut row);
        self.before = Some(found);
        let restarts = offset.is_some_and(margin::is_zero);
        let labelled = before.is_some_and(|before| found.labelled && !before.labelled);
        Ok(match self.layout.each_line {
            true => Some(Pause::After),
            false => (restarts || labelled).then_some(Pause::Before),
        })
    }

    /// Splits the offset from a row. Offsets get longer in a long dump: `0777760`, `10000000`.
    fn split_offset<'t>(&mut self, line: &'t str) -> (Option<&'t str>, &'t str) {
        let split = margin::split_offset(line, self.layout.offset);
        let longer = self.layout.offset.and_then(|digits| digits.checked_add(1)).filter(|_| self.full);
        let (offset, rest) = match longer {
            Some(_) if split.0.is_none() => margin::split_offset(line, longer),
            _ => split,
        };
        if self.layout.offset.is_some() {
            let digits = offset.map(str::as_bytes);
            self.layout.offset = digits.map_or(self.layout.offset, |digits| Some(digits.len()));
            self.full =
                digits.is_some_and(|digits| digits.iter().take(3).all(|digit| b"79fF".contains(digit)));
        }
        (offset, rest)
    }

    /// Turns a row of hex digits into the octets they say.
    fn decode(&mut self, row: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let mut octets = Vec::new();
        for digit in row.drain(..).filter(|digit| !digit.is_ascii_whitespace()) {
            let low = nibble(digit).ok_or(ErrorKind::NotHex(char::from(digit)))?;
            match self.high.take() {
                Some(high) => octets.push(high.wrapping_shl(4) | low),
                None => self.high = Some(low),
            }
        }
        *row = octets;
        Ok(())
    }

    /// Makes sure that no half octet is left.
    fn whole(&mut self) -> Result<(), Fault> {
        self.high.take().map_or(Ok(()), |_| Err(Fault { kind: ErrorKind::OddDigits, at: 0 }))
    }
}

/// Looks for what a dump with offsets must not have: rows left out, and words of two octets.
fn check_row(line: &str, rest: &str) -> Result<(), Fault> {
    let at = line.len().saturating_sub(line.trim_start().len());
    if line.trim() == "*" {
        return Err(Fault { kind: ErrorKind::RowsLeftOut, at });
    }
    // Offsets of seven digits and no colon are those of `hexdump` and `od`; both print octets as pairs, if asked to.
    let (offset, behind) = split(line.trim_start(), |character| !character.is_ascii_hexdigit());
    let words = words(line, rest);
    let swapped = offset.len() == 7
        && behind.starts_with(' ')
        && !words.is_empty()
        && words.iter().all(|word| word.text.len() == 4 && !word.prefixed);
    if swapped { Err(Fault { kind: ErrorKind::Words, at }) } else { Ok(()) }
}

/// The text without the colours of a terminal.
fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.contains('\x1B') {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('\x1B');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = split(part.strip_prefix('[').unwrap_or(part), |end| matches!(end, '@'..='~'));
        plain.extend(rest.chars().skip(1));
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::super::Pause;
    use super::super::error::{Error, ErrorKind};
    use super::{Dump, Layout, without_colours};

    fn pauses(text: &str) -> Vec<Option<Pause>> {
        let lines: Vec<_> = text.lines().collect();
        let mut dump = Dump::new(Layout::of(&lines).0);
        lines.iter().map(|line| dump.line(line, &mut Vec::new()).unwrap()).collect()
    }

    #[test]
    fn pauses_between_messages() {
        use Pause::{After, Before};
        for (text, expected) in [
            ("0f40\n0000\n\n0f40", vec![None, None, Some(Before), None]),
            ("0f40\n0000\nnext one\n0f40", vec![None, None, Some(Before), None]),
            ("0f40\n0f41\n0f42", vec![Some(After), Some(After), Some(After)]),
            ("e6e7000f\ne6e7000f", vec![Some(After), Some(After)]),
            ("30663430\n30663431", vec![Some(After), Some(After)]),
            ("7ea0\n7ea0", vec![None, None]),
            ("0000  0f 40\n0002  00\n0000  0f 41", vec![Some(Before), None, Some(Before)]),
            ("DLMS: 0f 40 01\n41 00\nDLMS: 0f 40 02", vec![None, None, Some(Before)]),
            ("0202\n0203", vec![None, None]),
        ] {
            assert_eq!(pauses(text), expected, "{text}");
        }
    }

    #[test]
    fn rows_that_say_less_than_they_should() {
        for (text, kind, line) in [
            ("00000000  7e a0\n*\n00000020  01", ErrorKind::RowsLeftOut, 2),
            ("0000000 a07e 0127", ErrorKind::Words, 1),
        ] {
            let lines: Vec<_> = text.lines().collect();
            let mut dump = Dump::new(Layout::of(&lines).0);
            let error = lines.iter().find_map(|line| dump.line(line, &mut Vec::new()).err());
            assert_eq!(error, Some(Error { kind, line, column: 1 }), "{text}");
        }
    }

    #[test]
    fn colours() {
        assert_eq!(without_colours("\x1b[0;36m[D] 7e\x1b[0m"), "[D] 7e");
    }
}
