//! The octets that one line of text says, apart from offset and ASCII column.

use super::error::{ErrorKind, Fault};
use super::words::{Gap, Kind, Word, words};

/// What stands between a label and its octets, among blanks.
const MARKS: [char; 13] = [':', '>', '<', '=', ']', ')', '}', '"', '\'', '[', '{', '(', '|'];

/// Where a line's octets stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where they start, in bytes from the start of the line.
    pub(super) at: usize,
    /// Whether they have text in front.
    pub(super) labelled: bool,
}

/// Adds the octets of `rest`, which is the end of `line`, to `out`; `None` if it is text without any.
///
/// A line of hex and nothing else is octets. In a line with other text they are the longest run of hex words with one
/// separator; a short run counts if its shape speaks for it, or if it starts in the column `before` where the octets
/// of the line before did.
///
/// # Errors
///
/// `OddDigits` and `NotHex`, if a half octet or another character stands within octets.
pub(super) fn read(
    line: &str,
    rest: &str,
    before: Option<usize>,
    out: &mut Vec<u8>,
) -> Result<Option<Found>, Fault> {
    let words = words(line, rest);
    let run = if is_bare(&words) {
        bare(&words, before.is_some())?
    } else {
        let run = runs(&words)
            .into_iter()
            .map(without_offset)
            .filter(|run| run.counts(line, before))
            .max_by_key(|run| octets(run.words));
        check(&words, run, before)?;
        run.map(|run| run.words)
    };
    let Some(first) = run.and_then(<[_]>::first) else { return Ok(None) };
    run.into_iter().flatten().for_each(|word| word.push_to(out));
    let labelled =
        words.iter().any(|word| word.start < first.start && matches!(word.kind, Kind::Text | Kind::Odd));
    Ok(Some(Found { at: first.start, labelled }))
}

/// Whether there are only hex words that belong together, behind a date or time perhaps.
fn is_bare(words: &[Word<'_>]) -> bool {
    let words = without_clocks(words);
    words.iter().all(|word| matches!(word.kind, Kind::Octets | Kind::Odd))
        && words.iter().skip(1).all(|word| word.gap != Gap::Break)
}

fn without_clocks<'w, 'a>(words: &'w [Word<'a>]) -> &'w [Word<'a>] {
    let clocks = words.iter().take_while(|word| word.kind == Kind::Clock).count();
    words.get(clocks..).unwrap_or_default()
}

/// The words of a line of hex; none if it may as well be a number or a word like "add".
fn bare<'w, 'a>(words: &'w [Word<'a>], goes_on: bool) -> Result<Option<&'w [Word<'a>]>, Fault> {
    let words = without_clocks(words);
    let digit = words.iter().any(|word| has_digit(word));
    let letter = words.iter().any(|word| has_letter(word));
    match words.iter().find(|word| word.kind == Kind::Odd) {
        Some(odd) if goes_on || (digit && letter) => Err(odd_digits(odd)),
        Some(_) => Ok(None),
        None if goes_on || digit || octets(words) >= 8 => Ok(Some(words)),
        None => Ok(None),
    }
}

/// Hex words that follow each other with one separator.
#[derive(Clone, Copy, Debug)]
struct Run<'w, 'a> {
    words: &'w [Word<'a>],
    /// What stands between them, if they are several.
    gap: Option<Gap>,
    /// Whether nothing but marks follows on the line.
    last: bool,
}

/// All runs of octets.
fn runs<'w, 'a>(words: &'w [Word<'a>]) -> Vec<Run<'w, 'a>> {
    let mut runs = Vec::new();
    let mut rest = words;
    while let Some(skipped) = rest.iter().position(|word| word.kind == Kind::Octets) {
        let (_, from) = rest.split_at_checked(skipped).unwrap_or_default();
        let gap = from.get(1).map(|second| second.gap);
        let goes_on = |(before, word): &(&Word<'_>, &Word<'_>)| {
            word.kind == Kind::Octets
                && word.gap != Gap::Break
                && Some(word.gap) == gap
                && word.prefixed == before.prefixed
        };
        let more = from.iter().zip(from.iter().skip(1)).take_while(goes_on).count();
        let (run, behind) = from.split_at_checked(more.saturating_add(1)).unwrap_or((from, &[]));
        runs.push(Run { words: run, gap: gap.filter(|_| more > 0), last: behind.is_empty() });
        // "10 7e,a0": the word before a tighter separator belongs to what follows.
        let tighter = behind.first().is_some_and(|word| matches!(word.gap, Gap::List | Gap::Tight(_)));
        let shared = usize::from(tighter && more > 0 && gap == Some(Gap::Blank));
        rest = from.get(run.len().saturating_sub(shared)..).unwrap_or_default();
    }
    runs
}

/// The run without a leading offset: four digits or more, apart from octets of two.
fn without_offset<'w, 'a>(run: Run<'w, 'a>) -> Run<'w, 'a> {
    match run.words {
        [offset, octets @ ..]
            if run.gap == Some(Gap::Blank)
                && offset.text.len() >= 4
                && octets.len() >= 2
                && are_pairs(octets) =>
        {
            Run { words: octets, ..run }
        }
        _ => run,
    }
}

impl Run<'_, '_> {
    /// Whether the run is taken for octets among other text.
    fn counts(&self, line: &str, before: Option<usize>) -> bool {
        let Some(first) = self.words.first() else { return false };
        let starts = !self.is_identifier();
        if before == Some(first.start) {
            return starts;
        }
        let prefix = line.get(..first.start).unwrap_or_default().trim_end_matches(['0', 'x', 'X']);
        let leads = !prefix.contains(char::is_alphanumeric);
        let marked = leads || prefix.ends_with("  ") || prefix.trim_end().ends_with(MARKS);
        let least = match self.words {
            [word] if word.prefixed && leads => 1,
            [_] => 8,
            words if !are_pairs(words) => 8,
            words if words.iter().all(|word| word.prefixed) && leads => 1,
            _ if marked && self.last => 2,
            _ if leads => 3,
            _ => 4,
        };
        let mixed = self.words.iter().any(has_letter) && self.words.iter().any(has_digit);
        starts && octets(self.words) >= least && (mixed || (leads && first.prefixed))
    }

    /// Whether the words differ in length as those of a date or an UUID do: `550e8400-e29b-41d4`.
    fn is_identifier(&self) -> bool {
        let length = self.words.first().map(|word| word.text.len());
        let (_, heads) =
            self.words.split_last().map_or((None, self.words), |(last, heads)| (Some(last), heads));
        let uneven = heads.iter().any(|word| Some(word.text.len()) != length)
            || self.words.last().map(|word| word.text.len()) > length;
        matches!(self.gap, Some(Gap::Tight(_))) && uneven
    }
}

/// Looks for damage in a line of octets and text: half octets and wrong digits within the run or at its end.
fn check(words: &[Word<'_>], run: Option<Run<'_, '_>>, before: Option<usize>) -> Result<(), Fault> {
    if let [word] = without_clocks(words) {
        return check_alone(word);
    }
    let Some((run, last)) = run.and_then(|run| Some((run, run.words.last()?))) else { return Ok(()) };
    let mut behind = words.iter().skip_while(|word| word.start <= last.start);
    let (Some(next), after) = (behind.next(), behind.next()) else { return Ok(()) };
    let separator = run.gap.unwrap_or(Gap::Blank);
    let joined = |word: &Word<'_>| word.gap == separator;
    let inside = after.is_none_or(|after| joined(after) && after.kind == Kind::Octets);
    let long = octets(run.words) >= 3 || run.words.first().map(|first| first.start) == before;
    if !(joined(next) && inside && long) {
        return Ok(());
    }
    match next.kind {
        Kind::Odd => Err(odd_digits(next)),
        Kind::Text
            if next.text.len() == last.text.len()
                && next.text.bytes().any(|byte| byte.is_ascii_hexdigit()) =>
        {
            not_hex(next)
        }
        _ => Ok(()),
    }
}

/// A line of a single word that is hex but for a few characters.
fn check_alone(word: &Word<'_>) -> Result<(), Fault> {
    let wrong = word.text.chars().filter(|character| !character.is_ascii_hexdigit()).count();
    let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
    let hex = word.text.len() >= 8 && wrong.saturating_mul(8) <= word.text.len() && digits >= 2;
    if word.kind == Kind::Text && hex { not_hex(word) } else { Ok(()) }
}

fn not_hex(word: &Word<'_>) -> Result<(), Fault> {
    let wrong = word.text.char_indices().find(|(_, character)| !character.is_ascii_hexdigit());
    wrong.map_or(Ok(()), |(at, found)| {
        Err(Fault { kind: ErrorKind::NotHex(found), at: word.start.saturating_add(at) })
    })
}

fn odd_digits(word: &Word<'_>) -> Fault {
    Fault { kind: ErrorKind::OddDigits, at: word.start }
}

fn octets(words: &[Word<'_>]) -> usize {
    words.iter().map(Word::octets).sum()
}

fn are_pairs(words: &[Word<'_>]) -> bool {
    words.iter().all(|word| word.octets() == 1)
}

fn has_digit(word: &Word<'_>) -> bool {
    word.text.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_letter(word: &Word<'_>) -> bool {
    word.text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::super::error::{ErrorKind, Fault};
    use super::{Found, read};

    fn octets(line: &str, before: Option<usize>) -> Result<Option<(Found, Vec<u8>)>, Fault> {
        let mut out = Vec::new();
        Ok(read(line, line, before, &mut out)?.map(|found| (found, out)))
    }

    #[test]
    fn lines_with_octets() {
        let frame: &[u8] = &[0x7E, 0xA0, 0x27];
        for (line, at, labelled, expected) in [
            ("7ea027", 0, false, frame),
            (" > 7E A0 27", 3, false, frame),
            ("10:00:00 7E A0 27", 9, false, frame),
            ("10:00:00.123 -> 7E A0 27", 16, false, frame),
            ("dead beef add: 7E A0 27", 15, true, frame),
            ("add 12 RX 7E A0 27 01 ok", 10, true, &[0x7E, 0xA0, 0x27, 0x01]),
            ("RX: 7E.A0.27.01 (4)", 4, true, &[0x7E, 0xA0, 0x27, 0x01]),
            ("I (327) ams: 0x3ffb4280   7e a0 27", 26, true, frame),
            ("tag: 0010  7e a0 27", 11, true, frame),
            ("0x7E, 0xA0, 0x27, // start", 0, false, frame),
            (r#"["7e", "a0", "27"]"#, 2, false, frame),
            ("id 5 7E,A0,27,01", 5, true, &[0x7E, 0xA0, 0x27, 0x01]),
            (r#"{"id":17,"data":"7ea0270102011 0"}"#, 0, false, &[]),
            (
                r#"{"ts":1672531200,"data":"7ea0270102011000"}"#,
                25,
                true,
                &[0x7E, 0xA0, 0x27, 1, 2, 1, 0x10, 0],
            ),
        ] {
            let expected = (!expected.is_empty()).then(|| (Found { at, labelled }, expected.to_vec()));
            assert_eq!(octets(line, None), Ok(expected), "{line}");
        }
    }

    #[test]
    fn lines_without() {
        for line in [
            "",
            "add",
            "123",
            "dead beef",
            "Starting up...",
            "2023-01-01 10:00:00",
            "2023-01-01 10:00:00 Connected to 192.168.1.10:1883",
            "RSSI -67, 12 decades",
            "Meter id: 9900001091887485",
            "uuid 550e8400-e29b-41d4-a716-446655440000",
            "const uint8_t frame[39] = {",
            "unsigned int x_len = 41;",
            "};",
        ] {
            assert_eq!(octets(line, None), Ok(None), "{line}");
        }
    }

    #[test]
    fn the_line_before_speaks_for_short_runs() {
        assert_eq!(octets("(V) 87", None), Ok(None));
        let found = octets("(V) 87", Some(4)).unwrap();
        assert_eq!(found, Some((Found { at: 4, labelled: true }, vec![0x87])));
        assert_eq!(octets("be", Some(0)).unwrap().unwrap().1, [0xBE]);
    }

    #[test]
    fn damage() {
        for (line, kind, at) in [
            ("7EA", ErrorKind::OddDigits, 0),
            ("7E A0 2", ErrorKind::OddDigits, 6),
            ("RX: 7E A0 27 01 2", ErrorKind::OddDigits, 16),
            ("7E A0 27 G1 00 00", ErrorKind::NotHex('G'), 9),
            ("7EA0270G02", ErrorKind::NotHex('G'), 7),
            ("7E A0 27 01 0G 01", ErrorKind::NotHex('G'), 13),
            ("7E A0 27 01 0O", ErrorKind::NotHex('O'), 13),
            ("RX: 7E:A0:27:01:2x:01", ErrorKind::NotHex('x'), 17),
        ] {
            assert_eq!(octets(line, None), Err(Fault { kind, at }), "{line}");
        }
    }
}
