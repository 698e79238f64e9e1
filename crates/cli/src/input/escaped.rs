//! Octets as programs print them: `\x7e\xa0`, and strings such as Python's `b'~\xa0\''` or JSON's `"/KFM5…\r\n"`.

use super::error::{ErrorKind, Fault};
use super::words::nibble;

/// Adds the octets of a line with escapes to `out`, and says where they start; `None` if it has less than two.
///
/// Within quotes, other characters stand for themselves. A P1 telegram has no escapes but `\r\n`.
///
/// # Errors
///
/// `NotHex`, if an escape is none, or something stands between escapes without quotes.
pub(super) fn read(line: &str, out: &mut Vec<u8>) -> Result<Option<usize>, Fault> {
    let mut octets = line.match_indices("\\x").map(|(at, _)| at).filter(|at| hex(line, *at).is_some());
    let mut ends = line.match_indices("\\r\\n").map(|(at, _)| at).filter(|_| line.contains('('));
    match (octets.next(), octets.next()) {
        (Some(first), Some(second)) => match open_quote(line, first) {
            Some((at, quote)) => string(line, at, quote, out),
            None if second.saturating_sub(first) > 8 => Ok(None),
            None => sequence(line, first, out),
        },
        _ => match (ends.next().and_then(|first| open_quote(line, first)), ends.next()) {
            (Some((at, quote)), Some(_)) => string(line, at, quote, out),
            _ => Ok(None),
        },
    }
}

/// The string that is open at `at`: where it starts, and its quote.
fn open_quote(line: &str, at: usize) -> Option<(usize, char)> {
    let before = line.char_indices().take_while(|(place, _)| *place < at);
    before.fold(None, |open, (place, found)| match open {
        Some((_, quote)) if quote == found => None,
        None if is_quote(found) => Some((place.saturating_add(1), found)),
        open => open,
    })
}

/// The octets of a string that starts at `from` and ends with `quote`.
fn string(line: &str, from: usize, quote: char, out: &mut Vec<u8>) -> Result<Option<usize>, Fault> {
    let mut octets = Vec::new();
    let mut characters = line.char_indices().skip_while(|(at, _)| *at < from);
    while let Some((at, character)) = characters.next() {
        if character == quote {
            break;
        }
        if character != '\\' {
            octets.extend(character.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        octets.push(match characters.next() {
            Some((_, 'x')) => {
                characters.nth(1);
                hex(line, at).ok_or_else(|| not_hex(line, at))?
            }
            Some((_, 'n')) => b'\n',
            Some((_, 'r')) => b'\r',
            Some((_, 't')) => b'\t',
            Some((_, '0')) => 0,
            Some((_, other)) => {
                u8::try_from(other).map_err(|_| Fault { kind: ErrorKind::NotHex(other), at })?
            }
            None => break,
        });
    }
    out.append(&mut octets);
    Ok(Some(from))
}

/// The octets of escapes that follow each other from `first` on, with blanks or commas between.
fn sequence(line: &str, first: usize, out: &mut Vec<u8>) -> Result<Option<usize>, Fault> {
    let mut octets = Vec::new();
    let mut at = first;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.trim().is_empty()) {
        if rest.starts_with("\\x") {
            octets.push(hex(line, at).ok_or_else(|| not_hex(line, at))?);
            at = at.saturating_add(4);
        } else if rest.starts_with([' ', ',', '\t']) {
            at = at.saturating_add(1);
        } else if rest.contains("\\x") {
            let found = rest.chars().next().unwrap_or_default();
            return Err(Fault { kind: ErrorKind::NotHex(found), at });
        } else {
            break;
        }
    }
    out.append(&mut octets);
    Ok(Some(first))
}

/// The octet of the escape at `at`.
fn hex(line: &str, at: usize) -> Option<u8> {
    match line.as_bytes().get(at..)? {
        [b'\\', b'x', high, low, ..] => Some(nibble(*high)?.wrapping_shl(4) | nibble(*low)?),
        _ => None,
    }
}

/// The fault of an escape that isn't one.
fn not_hex(line: &str, at: usize) -> Fault {
    let digits = line.get(at..).unwrap_or_default().char_indices().skip(2).take(2);
    let wrong = digits.into_iter().find(|(_, digit)| !digit.is_ascii_hexdigit());
    wrong.map_or(Fault { kind: ErrorKind::OddDigits, at }, |(offset, found)| Fault {
        kind: ErrorKind::NotHex(found),
        at: at.saturating_add(offset),
    })
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::super::error::{ErrorKind, Fault};
    use super::read;

    #[test]
    fn escapes() {
        for (line, expected) in [
            (r"\x7e\xa0", Ok(Some(vec![0x7E, 0xA0]))),
            (r"\x7E \xA0, \x27 rest", Ok(Some(vec![0x7E, 0xA0, 0x27]))),
            (r#"char frame[] = "\x7e\xa0'";"#, Ok(Some(vec![0x7E, 0xA0, b'\'']))),
            (r"got: b'~\xa0\'\x01\x00\n\\'", Ok(Some(vec![0x7E, 0xA0, 0x27, 1, 0, 10, b'\\']))),
            (r#"{"p1":"/X\r\n1(2)\r\n"}"#, Ok(Some(b"/X\r\n1(2)\r\n".to_vec()))),
            (r#"sent "AT\r\n", got "OK\r\n""#, Ok(None)),
            (r"C:\xeno \x", Ok(None)),
            (r"only \x1b here", Ok(None)),
            (r"\x7e\xa0\x2", Err(Fault { kind: ErrorKind::OddDigits, at: 8 })),
            (r"\x7e\xa0\x2g", Err(Fault { kind: ErrorKind::NotHex('g'), at: 11 })),
            (r"\x7e\xa0'\x2f", Err(Fault { kind: ErrorKind::NotHex('\''), at: 8 })),
        ] {
            let mut out = Vec::new();
            let found = read(line, &mut out).map(|found| found.map(|_| out));
            assert_eq!(found, expected, "{line}");
        }
    }
}
