//! Dates and times in front of log lines, whose digits are no octets.

/// The length of the date or time that `text` starts with.
///
/// Knows `2023-01-31`, `31.01.2023`, `10:00:00`, both joined by `T`, fractions, zones, and seconds since 1970 with a
/// fraction or milliseconds.
pub(super) fn length(text: &str) -> Option<usize> {
    let text = text.as_bytes();
    let ends = |at: &usize| ends(text, *at);
    date_time(text).filter(ends).or_else(|| epoch(text).filter(ends))
}

/// A date, a time, or a date, `T` and a time.
fn date_time(text: &[u8]) -> Option<usize> {
    let Some(date) = date(text) else { return time(text) };
    let rest = text.get(date..)?;
    let joined = rest.strip_prefix(b"T").and_then(time).and_then(|time| time.checked_add(1));
    date.checked_add(joined.unwrap_or(0))
}

fn date(text: &[u8]) -> Option<usize> {
    ["9999-99-99", "9999/99/99", "9999.99.99", "99-99-9999", "99/99/9999", "99.99.9999"]
        .into_iter()
        .find_map(|pattern| matches(text, pattern))
}

/// `10:00:00`, with a fraction and a zone if they are there.
fn time(text: &[u8]) -> Option<usize> {
    let seconds = matches(text, "99:99:99")?;
    let within = |at: usize, limit: u8| text.get(at).is_some_and(|tens| *tens < limit);
    if !(within(0, b'3') && within(3, b'6') && within(6, b'7')) {
        return None;
    }
    let fraction = fraction(text, seconds).filter(|end| zone(text, *end).is_some()).unwrap_or(seconds);
    zone(text, fraction)
}

/// Where a fraction that starts at `at` ends.
fn fraction(text: &[u8], at: usize) -> Option<usize> {
    let (b'.' | b',', digits) = text.get(at..)?.split_first()? else { return None };
    let digits = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    (digits > 0).then(|| at.saturating_add(1).saturating_add(digits))
}

/// Where a zone that starts at `at` ends; `at` where there is none and the time may end here.
fn zone(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    ["Z", "+99:99", "-99:99", "+9999", "-9999", ""]
        .into_iter()
        .filter_map(|pattern| at.checked_add(matches(rest, pattern)?))
        .find(|end| ends(text, *end))
}

/// Seconds since 1970 with a fraction or in front of a comma, or milliseconds.
fn epoch(text: &[u8]) -> Option<usize> {
    let seconds = matches(text, "1999999999").filter(|_| text.first() == Some(&b'1'))?;
    let apart = matches!(text.get(seconds), Some(b',' | b';' | b'\t'));
    let milliseconds = || matches(text, "1999999999999");
    fraction(text, seconds)
        .filter(|end| ends(text, *end))
        .or_else(|| apart.then_some(seconds))
        .or_else(milliseconds)
}

/// The length of `pattern` if `text` starts with it; `9` stands for any digit, and `1` for itself or any digit.
fn matches(text: &[u8], pattern: &str) -> Option<usize> {
    let start = text.get(..pattern.len())?;
    start
        .iter()
        .zip(pattern.bytes())
        .all(|(byte, wanted)| if wanted.is_ascii_digit() { byte.is_ascii_digit() } else { *byte == wanted })
        .then_some(pattern.len())
}

/// Whether nothing that stands at `at` goes on with the digits before it.
fn ends(text: &[u8], at: usize) -> bool {
    let mut rest = text.get(at..).unwrap_or_default().iter();
    match rest.next() {
        Some(b':' | b'-' | b'.') => !rest.next().is_some_and(u8::is_ascii_alphanumeric),
        Some(byte) => !byte.is_ascii_alphanumeric(),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn clocks() {
        for (text, expected) in [
            ("2023-01-01 10:00:00", Some(10)),
            ("2023-01-01T10:00:00.123Z 7e", Some(24)),
            ("2023-01-01T10:00:00+01:00] 7e", Some(25)),
            ("01.02.2023 7e", Some(10)),
            ("10:00:00] 7e", Some(8)),
            ("10:00:00.123 -> 7e", Some(12)),
            ("10:00:00,123 7e", Some(12)),
            ("10:00:00,7ea0", Some(8)),
            ("1672531200.123456 7ea0", Some(17)),
            ("1672531200123 7ea0", Some(13)),
            ("1672531200,7ea0", Some(10)),
            ("1672531200 7ea0", None),
            ("10:00:00:7e", None),
            ("7e:a0:27", None),
            ("31:00:00 7e", None),
            ("2023 7e", None),
            ("", None),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
    }
}
