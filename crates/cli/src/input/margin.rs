//! What stands left and right of the octets in the row of a dump: an offset and an ASCII column.

use super::words::{Kind, nibble, split, words};

/// The longest ASCII column that is looked for, in bytes.
const COLUMN: usize = 260;

/// The row without an ASCII column at its end.
///
/// A column is one only if it says what the octets before it say: `7e a0 27  |~.'|`. It stands behind `|` or `>` or
/// two blanks.
pub(super) fn without_column(line: &str) -> &str {
    let line = line.trim_end();
    let column = |(at, _): &(usize, char)| {
        line.split_at_checked(*at).is_some_and(|(octets, column)| is_column(octets, column))
    };
    let cut = line.char_indices().rev().take(COLUMN).filter(column).last();
    cut.and_then(|(at, _)| line.split_at_checked(at)).map_or(line, |(octets, _)| octets.trim_end())
}

fn is_column(octets: &str, column: &str) -> bool {
    let marked = |open, close| column.strip_prefix(open).and_then(|text: &str| text.strip_suffix(close));
    let gap = octets.len().saturating_sub(octets.trim_end().len());
    match marked('|', '|').or_else(|| marked('>', '<')) {
        Some(text) if gap > 0 => says(octets, text),
        _ => (gap > 1 || octets.ends_with('\t')) && says(octets, column),
    }
}

/// Whether the last octets of a row are what `column` shows of them; blanks at its end may be lost.
fn says(octets: &str, column: &str) -> bool {
    let column = column.trim_end();
    let shown = |octets: &mut dyn Iterator<Item = u8>| {
        column.chars().rev().all(|shown| octets.next().is_some_and(|octet| shows(shown, octet)))
    };
    !column.is_empty()
        && (shown(&mut backwards(octets)) || shown(&mut backwards(octets).skip_while(|octet| *octet == b' ')))
}

/// The octets at the end of a row, the last one first.
fn backwards(octets: &str) -> impl Iterator<Item = u8> {
    let mut digits = octets.bytes().rev().filter(|byte| !byte.is_ascii_whitespace()).map_while(nibble);
    core::iter::from_fn(move || {
        let low = digits.next()?;
        Some(digits.next()?.wrapping_shl(4) | low)
    })
}

/// Whether a column may show `octet` as `shown`.
fn shows(shown: char, octet: u8) -> bool {
    shown == char::from(octet)
        || shown == '.'
        || (!shown.is_ascii_alphanumeric() && !matches!(octet, b' '..=b'~'))
}

/// The first word of a row, if it may be an offset, and the rest of the row.
fn offset(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("0x").unwrap_or(line);
    let (digits, rest) = split(line, |character| !character.is_ascii_hexdigit());
    let ends = rest.is_empty() || rest.starts_with([' ', '\t', ':']);
    (ends && matches!(digits.len(), 1..=16)).then_some((digits, rest))
}

/// The digits that the offsets of a dump have, if it has offsets that no colon and blank tell from octets.
///
/// Offsets grow by the octets in the row before, four or more, counted in hex, octal or decimal; one that stands alone
/// is all zeros.
pub(super) fn offset_digits<'a>(lines: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut before: Option<(&str, usize)> = None;
    for line in lines {
        let row = offset(line).filter(|(digits, _)| digits.len() >= 4);
        let row = row.map(|(digits, rest)| (digits, rest, octets(rest)));
        if let (Some((digits, _, _)), Some((last, count))) = (row, before) {
            if digits.len() == last.len()
                && [16, 8, 10].into_iter().any(|radix| grows(last, digits, count, radix))
            {
                return Some(digits.len());
            }
        }
        if let Some((digits, rest, Some(_))) = row {
            if is_first(digits, rest) {
                return Some(digits.len());
            }
        }
        before = row.and_then(|(digits, _, count)| Some((digits, count?)));
    }
    None
}

fn grows(last: &str, next: &str, count: usize, radix: u32) -> bool {
    let value = |digits| usize::from_str_radix(digits, radix).ok();
    count >= 4
        && value(last).and_then(|last| last.checked_add(count)).is_some_and(|sum| value(next) == Some(sum))
}

/// Whether `digits` are the first offset of a dump by their looks.
fn is_first(digits: &str, rest: &str) -> bool {
    let far = rest.starts_with([':', '\t']) || rest.starts_with("  ") || digits.len() == 7;
    is_zero(digits) && digits.len() <= 8 && far
}

/// Whether this is the offset of the first row of a dump.
pub(super) fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

/// How many octets the row is; `None` if there is something else in it, or nothing.
fn octets(rest: &str) -> Option<usize> {
    let rest = without_column(rest);
    let words = words(rest, rest);
    let octets = words.iter().all(|word| word.kind == Kind::Octets && !word.text.is_empty());
    (octets && !words.is_empty()).then(|| words.iter().map(super::words::Word::octets).sum())
}

/// The offset in front of a row, and the row behind it.
///
/// What is followed by a colon and blanks is an offset, what has `digits` digits as well.
pub(super) fn split_offset(line: &str, digits: Option<usize>) -> (Option<&str>, &str) {
    let Some((found, rest)) = offset(line) else { return (None, line) };
    let behind = rest.strip_prefix(':').unwrap_or(rest);
    let colon = behind.len() < rest.len() && behind.starts_with([' ', '\t']) && octets(behind).is_some();
    if colon || digits == Some(found.len()) { (Some(found), behind) } else { (None, line) }
}

#[cfg(test)]
mod tests {
    use super::{offset_digits, split_offset, without_column};

    #[test]
    fn columns() {
        for (line, expected) in [
            ("00000000  7e a0 27 01  |~.'.|", "00000000  7e a0 27 01"),
            ("0000000 7e a0 27 01  >~.'.<", "0000000 7e a0 27 01"),
            ("00000000: 7ea0 2701 4142  ~.'.AB", "00000000: 7ea0 2701 4142"),
            ("0000   41 20 20 42   A  B", "0000   41 20 20 42"),
            ("0000   41 42 20 20   AB  ", "0000   41 42 20 20"),
            ("0000   20 41 20 20    A..", "0000   20 41 20 20"),
            ("0000   41 42 20 20  |AB  |", "0000   41 42 20 20"),
            ("0000   41 20 7c 42   |A ||B|", "0000   41 20 7c 42   |A ||B|"),
            ("0000   41 20 7c 42   |A |B|", "0000   41 20 7c 42"),
            ("7e a0 27 01  02 01 10 5a", "7e a0 27 01  02 01 10 5a"),
            ("10 11 12 13  14 15 16 17  18 19 1a", "10 11 12 13  14 15 16 17  18 19 1a"),
            ("7e a0  be careful", "7e a0  be careful"),
        ] {
            assert_eq!(without_column(line), expected);
        }
    }

    #[test]
    fn offsets() {
        for (dump, digits) in [
            ("00000000  7e a0", Some(8)),
            ("0000   7e a0", Some(4)),
            ("0000000 7e a0", Some(7)),
            ("0000:7ea0", Some(4)),
            ("00001230  7e a0 27 01\n00001234  01", Some(8)),
            ("0000760 7e a0 27 01 02 03 04 05\n0000770 01", Some(7)),
            ("000020 7e a0 27 01\n000024 01", Some(6)),
            ("40000000  00 01\n40000000  00 01", None),
            ("0000 7ea0", None),
            ("7ea0 2701", None),
            ("7ea0:2701", None),
        ] {
            assert_eq!(offset_digits(dump.lines()), digits, "{dump}");
        }
        assert_eq!(split_offset("0010: 7e a0", None), (Some("0010"), " 7e a0"));
        assert_eq!(split_offset("0x10:\t7e a0", None), (Some("10"), "\t7e a0"));
        assert_eq!(split_offset("7e:a0:27", None), (None, "7e:a0:27"));
        assert_eq!(split_offset("be: sure", None), (None, "be: sure"));
        assert_eq!(split_offset("00000027", Some(8)), (Some("00000027"), ""));
    }
}
