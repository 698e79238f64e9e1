//! The words of one line of text, and what stands between them.

use super::clock;

/// A stretch of letters and digits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// Where it starts in the line, in bytes.
    pub(super) start: usize,
    /// Its characters, without `0x`.
    pub(super) text: &'a str,
    /// Whether `0x` stands in front.
    pub(super) prefixed: bool,
    /// What it may be.
    pub(super) kind: Kind,
    /// What stands before it.
    pub(super) gap: Gap,
}

/// What a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole octets in hex.
    Octets,
    /// Hex digits with a half octet.
    Odd,
    /// A date or a time.
    Clock,
    /// Anything else.
    Text,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Blanks (and quotes).
    Blank,
    /// A comma or semicolon, with blanks or quotes around it or not.
    List,
    /// Just `:`, `-` or `.`.
    Tight(char),
    /// Anything else: the words don't belong together.
    Break,
}

/// The words of `rest`, which is the end of `line`.
pub(super) fn words<'a>(line: &str, mut rest: &'a str) -> Vec<Word<'a>> {
    let whole = rest.trim().len();
    let mut words: Vec<Word<'a>> = Vec::new();
    loop {
        let (between, after) = split(rest, is_word);
        if after.is_empty() {
            return words;
        }
        let gap = match words.last() {
            Some(Word { kind: Kind::Clock, .. }) | None => Gap::Break,
            Some(_) => Gap::of(between),
        };
        let start = line.len().saturating_sub(after.len());
        let clock = match gap {
            Gap::Tight(_) => None,
            _ => clock::length(after).filter(|length| *length < whole),
        };
        if let Some((text, next)) = clock.and_then(|length| after.split_at_checked(length)) {
            words.push(Word { start, text, prefixed: false, kind: Kind::Clock, gap: Gap::Break });
            rest = next;
        } else {
            let (text, next) = split(after, |character| !is_word(character));
            words.push(Word::new(start, text, gap));
            rest = next;
        }
    }
}

impl<'a> Word<'a> {
    fn new(start: usize, text: &'a str, gap: Gap) -> Self {
        let bare = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let (digits, prefixed) = bare.map_or((text, false), |digits| (digits, true));
        let hex = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let kind = match digits.len() {
            _ if !hex => Kind::Text,
            1 if prefixed => Kind::Octets,
            length if length % 2 == 0 => Kind::Octets,
            _ => Kind::Odd,
        };
        if kind == Kind::Text {
            Self { start, text, prefixed: false, kind, gap }
        } else {
            Self { start, text: digits, prefixed, kind, gap }
        }
    }

    /// How many octets the word is.
    pub(super) fn octets(&self) -> usize {
        self.text.len().div_ceil(2)
    }

    /// Adds the octets to `out`.
    pub(super) fn push_to(&self, out: &mut Vec<u8>) {
        let digits = self.text.as_bytes();
        out.extend(digits.chunks(2).map(|pair| {
            pair.iter().filter_map(|digit| nibble(*digit)).fold(0, |high: u8, low| high.wrapping_shl(4) | low)
        }));
    }
}

impl Gap {
    fn of(between: &str) -> Self {
        let mut marks = between.chars().filter(|character| !character.is_whitespace());
        let (first, second) = (marks.find(|mark| !is_quote(*mark)), marks.find(|mark| !is_quote(*mark)));
        match (first, second) {
            (None, _) => Self::Blank,
            (Some(',' | ';'), None) => Self::List,
            (Some(mark @ (':' | '-' | '.')), None) if between.len() == 1 => Self::Tight(mark),
            _ => Self::Break,
        }
    }
}

/// The value of a hex digit.
pub(super) fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// `text` up to the first character that is `wanted`, and the rest.
pub(super) fn split(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.find(wanted).and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::{Gap, Kind, words};

    #[test]
    fn kinds_and_gaps() {
        let line = r#"[10:00:00] RX: 7e a0, 0x27 0x1 "01", "02" 1:2 - abc"#;
        let found: Vec<_> = words(line, line).iter().map(|word| (word.text, word.kind, word.gap)).collect();
        assert_eq!(
            found,
            [
                ("10:00:00", Kind::Clock, Gap::Break),
                ("RX", Kind::Text, Gap::Break),
                ("7e", Kind::Octets, Gap::Break),
                ("a0", Kind::Octets, Gap::Blank),
                ("27", Kind::Octets, Gap::List),
                ("1", Kind::Octets, Gap::Blank),
                ("01", Kind::Octets, Gap::Blank),
                ("02", Kind::Octets, Gap::List),
                ("1", Kind::Odd, Gap::Blank),
                ("2", Kind::Odd, Gap::Tight(':')),
                ("abc", Kind::Odd, Gap::Break),
            ]
        );
    }

    #[test]
    fn a_time_alone_may_be_octets() {
        let line = " 02:01:10 ";
        assert!(words(line, line).iter().all(|word| word.kind == Kind::Octets));
    }
}
