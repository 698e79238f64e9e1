//! Ciphered messages behind an identification line in the clear, as P1 ports of Stoen (Poland) are said to send them:
//!
//! ```text
//! /EGM5G15               identification
//!
//! 00 | length | security control (1) | counter (4) | content | tag (12)
//! !F80F                  end mark and checksum, perhaps
//! ```
//!
//! The ciphered part is a general-glo-ciphering without its tag `DB` and with an empty system title; the title counts
//! as eight octets 0.
//!
//! **Unconfirmed**: this rests on one implementation and the start of one capture (`protocol/dlde.md` 6.2). Not known are
//! what the content is (a telegram, lines without an identification or a data-notification are read) and what the
//! checksum covers: all from `/` to `!` as sent is tried, and if it is wrong, that is no damage, for the tag tells.

use core::ops::Range;

use amshan_cosem::SecurityControl;
use amshan_dlde as dlde;

/// What stands at a `/`, or behind the system title of a ciphered message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// Not that.
    Not,
    /// Perhaps that; more octets will tell.
    More,
    /// That, as far as its start tells.
    Yes(T),
}

/// A message behind its identification line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identified {
    /// Octets to the end of the ciphered part.
    pub(crate) message: usize,
    /// Octets with the end mark.
    pub(crate) total: usize,
    /// Whether a right checksum vouches for it.
    pub(crate) vouched: bool,
}

/// A message behind its identification line, at the start of the octets. `ended`: nothing will follow.
pub(crate) fn find(input: &[u8], ended: bool) -> Found<Identified> {
    let message = match part(input) {
        Found::Yes(part) => part.end,
        Found::More => return Found::More,
        Found::Not => return Found::Not,
    };
    let Some(behind) = input.get(message..) else { return Found::More };
    // The end mark stands there, or on a line of its own.
    let line_ends = behind.iter().take(4).take_while(|octet| is_line_end(**octet)).count();
    let (mark, digits) = match behind.get(line_ends..) {
        Some([b'!', digits @ ..]) => (message.saturating_add(line_ends), digits),
        None | Some([]) if !ended => return Found::More,
        _ => return Found::Yes(Identified { message, total: message, vouched: false }),
    };
    let digits = digits.get(..4).unwrap_or(digits);
    let digits = digits.split(|octet| !octet.is_ascii_hexdigit()).next().unwrap_or_default();
    let summed = input.get(..=mark).unwrap_or_default();
    let total = summed.len().saturating_add(digits.len());
    if total == input.len() && digits.len() < 4 && !ended {
        return Found::More;
    }
    let checksum = core::str::from_utf8(digits).ok().filter(|digits| digits.len() == 4);
    let checksum = checksum.and_then(|digits| u16::from_str_radix(digits, 16).ok());
    Found::Yes(Identified { message, total, vouched: checksum == Some(dlde::checksum_arc(summed)) })
}

/// Where the ciphered part lies, from the length of its title on, if the octets begin with an identification line and
/// such a part. What is there of the part is not looked at.
pub(crate) fn part(octets: &[u8]) -> Found<Range<usize>> {
    let line = octets.iter().take(LONGEST_LINE).position(|octet| is_line_end(*octet));
    let Some(line) = line.and_then(|end| octets.get(..end)) else { return Found::Not };
    let named =
        matches!(line, [b'/', a, b, c, ..] if [a, b, c].iter().all(|octet| octet.is_ascii_alphabetic()));
    if !named || !line.iter().all(|octet| matches!(octet, b' '..=b'~') && *octet != b'!') {
        return Found::Not;
    }
    let behind = octets.get(line.len()..).unwrap_or_default();
    let line_ends = behind.iter().take(4).take_while(|octet| is_line_end(**octet)).count();
    let start = line.len().saturating_add(line_ends);
    match behind.get(line_ends..) {
        Some([0x00, ciphered @ ..]) => match ciphered_length(ciphered) {
            Found::Yes((length, _)) => Found::Yes(start..start.saturating_add(1).saturating_add(length)),
            Found::More => Found::More,
            Found::Not => Found::Not,
        },
        None | Some([]) => Found::More,
        Some(_) => Found::Not,
    }
}

/// The telegram of an identification, which ends at `end`, and of the lines of an opened part behind it. The lines are
/// moved there, and get an end mark without a checksum: what one of their own covers is not known.
pub(crate) fn completed(octets: &mut [u8], end: usize, lines: Range<usize>) -> &[u8] {
    const MARK: &[u8] = b"\r\n!\r\n";
    let text = octets.get(lines.clone()).unwrap_or_default();
    let text = text.split(|octet| *octet == 0).next().unwrap_or_default();
    let mark = text.windows(2).position(|pair| matches!(pair, [b'\r' | b'\n', b'!'])).unwrap_or(text.len());
    octets.copy_within(lines.start..lines.start.saturating_add(mark), end);
    // The length, security control and counter in front of the lines leave room enough for the mark.
    let at = end.saturating_add(mark);
    let total = at.saturating_add(MARK.len());
    if let Some(place) = octets.get_mut(at..total) {
        place.copy_from_slice(MARK);
    }
    octets.get(..total).unwrap_or_default()
}

/// How many octets the ciphered part has that begins behind a system title, from its length to its tag, and how it is
/// protected, if that is as meters do it.
pub(crate) fn ciphered_length(ciphered: &[u8]) -> Found<(usize, SecurityControl)> {
    let (front, length, control) = match *ciphered {
        [0x82, high, low, control, ..] => (3usize, u16::from_be_bytes([high, low]), control),
        [0x81, length, control, ..] => (2, u16::from(length), control),
        [length @ 0..=0x7F, control, ..] => (1, u16::from(length), control),
        [] | [0..=0x82] | [0x81 | 0x82, ..] if ciphered.len() < 4 => return Found::More,
        _ => return Found::Not,
    };
    let control = SecurityControl(control);
    let known = (control.encrypted() || control.authenticated())
        && control.suite() <= 2
        && !control.broadcast()
        && !control.compressed();
    let total = front.saturating_add(usize::from(length));
    // Security control and counter, and a content.
    if known && length > 5 && total <= LIMIT { Found::Yes((total, control)) } else { Found::Not }
}

const fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

/// No identification line is longer.
const LONGEST_LINE: usize = 128;

/// A ciphered message without a frame has no more octets behind its system title than a P1 readout may have.
const LIMIT: usize = dlde::LIMIT;

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    /// A ciphered part of six octets behind its length.
    const PART: &[u8] = b"/EGM5G15\r\n\r\n\x00\x06\x30\x00\x00\x00\x00!";

    #[test]
    fn every_form_of_end_mark() {
        let sum = dlde::checksum_arc(&[PART, b"!"].concat());
        let right = std::format!("!{sum:04X}\r\n");
        // behind the part, octets of the end mark, vouched, how many of them decide
        for (behind, mark, vouched, decides) in [
            (right.as_str(), 5, true, 5),
            ("!0000\r\n", 5, false, 5),
            ("\r\n!0000\r\n", 7, false, 7),
            ("!\r\n", 1, false, 2),
            ("!12\r\n", 3, false, 4),
            ("\r\n/EGM5G15", 0, false, 3),
            ("/EGM5G15", 0, false, 1),
            ("\r\n\r\n!1234", 5 + 4, false, 9),
            ("\r\n\r\n\r\n!1234", 0, false, 5),
        ] {
            let octets = [PART, behind.as_bytes()].concat();
            let expected = Identified { message: PART.len(), total: PART.len() + mark, vouched };
            for length in 0..=octets.len() {
                let found = find(&octets[..length], false);
                match length {
                    _ if length >= PART.len() + decides => {
                        assert_eq!(found, Found::Yes(expected), "{behind:?}")
                    }
                    _ if length > PART.len() => assert_eq!(found, Found::More, "{behind:?}, {length}"),
                    _ => assert!(!matches!(found, Found::Yes(_)), "{behind:?}, {length}"),
                }
            }
        }
        let alone = Identified { message: PART.len(), total: PART.len(), vouched: false };
        assert_eq!(find(PART, true), Found::Yes(alone));
        assert_eq!(find(&PART[..PART.len() - 1], true), Found::More);
    }

    #[test]
    fn what_is_not_that() {
        for octets in [
            &b"/EGM5G15\r\n\r\n1-0:1.7.0(1*kW)"[..],
            b"/EG1\r\n\r\n\x00\x06\x30\x00\x00\x00\x00!",
            b"/EGM!1234\r\n\r\n\x00\x06\x30\x00\x00\x00\x00!",
            b"/EGM\x00\r\n\r\n\x00\x06\x30\x00\x00\x00\x00!",
            b"/EGM5G15\r\n\r\n\x08\x06\x30\x00\x00\x00\x00!",
            b"/EGM5G15\r\n\r\n\x00\x05\x30\x00\x00\x00\x00!", // no content
            b"/EGM5G15\r\n\r\n\x00\x06\x00\x00\x00\x00\x00!", // not protected
            b"/EGM5G15\r\n\r\n\x00\x06\xB0\x00\x00\x00\x00!", // compressed
            b"/EGM5G15\r\n\r\n\x00\x82\xFF\xFF\x30\x00\x00\x00\x00!", // too long
            b"/EGM5G15\r\n\r\n\x00\x83\x00\x00\x06\x30\x00\x00\x00\x00!",
        ] {
            assert_eq!(find(octets, true), Found::Not, "{}", octets.escape_ascii());
        }
    }

    #[test]
    fn lines_become_a_telegram() {
        for (lines, telegram) in [
            ("1.8.0(1)", "/EGM5\r\n1.8.0(1)\r\n!\r\n"),
            ("1.8.0(1)\r\n!ABCD\r\n", "/EGM5\r\n1.8.0(1)\r\r\n!\r\n"),
            ("1.8.0(1)\r\n\0\0", "/EGM5\r\n1.8.0(1)\r\n\r\n!\r\n"),
            ("", "/EGM5\r\n\r\n!\r\n"),
        ] {
            let mut octets: Vec<u8> = b"/EGM5\r\n".to_vec();
            octets.extend([0, 0x0D, 0x30, 0, 0, 0, 0]);
            octets.extend(lines.as_bytes());
            let lines = 14..octets.len();
            let completed = completed(&mut octets, 7, lines).escape_ascii().to_string();
            assert_eq!(completed, telegram.as_bytes().escape_ascii().to_string());
        }
    }
}
