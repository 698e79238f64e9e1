//! What an object's value is.

use core::fmt::{self, Write};

use amshan_cosem::{Body, Data};
use amshan_dlde::Spelled;
use amshan_quantity::{DateTime, Decimal, Unit};

use crate::history::History;

/// A value, after all scaling.
///
/// It prints with its unit: `234.8 V`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A number, exact, and its unit; [`Unit::NONE`] if it has none or it is not known.
    Number(Decimal, Unit),
    /// Text.
    Text(Text<'a>),
    /// Octets that are no text.
    Octets(&'a [u8]),
    /// A date and time.
    Time(DateTime),
    /// Yes or no.
    Flag(bool),
    /// An IEEE floating point number. Few meters send such; it is not exact.
    Float(f64),
    /// A list of events or past values.
    History(History<'a>),
}

impl Value<'_> {
    /// The number, if it is one.
    pub const fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number, _) => Some(*number),
            _ => None,
        }
    }

    /// The unit of the number.
    pub const fn unit(&self) -> Unit {
        match self {
            Self::Number(_, unit) => *unit,
            _ => Unit::NONE,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number, Unit::NONE) => fmt::Display::fmt(number, f),
            Self::Number(number, unit) => write!(f, "{number} {unit}"),
            Self::Text(text) => fmt::Display::fmt(text, f),
            Self::Octets(octets) => hex(f, octets),
            Self::Time(time) => fmt::Display::fmt(time, f),
            Self::Flag(flag) => fmt::Display::fmt(flag, f),
            Self::Float(float) => fmt::Display::fmt(float, f),
            Self::History(history) => {
                let mut entries = history.entries();
                entries.next().map_or(Ok(()), |entry| write!(f, "{entry}"))?;
                entries.try_for_each(|entry| write!(f, ", {entry}"))
            }
        }
    }
}

/// Text as it lies in the message. It prints as what it says: text that a P1 meter spells in hexadecimal digits is
/// decoded, octets beyond ASCII are taken for Latin-1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Text<'a>(Form<'a>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form<'a> {
    Plain(&'a [u8]),
    Spelled(Spelled<'a>),
}

impl<'a> Text<'a> {
    /// Text as it stands.
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(Form::Plain(octets))
    }

    /// Text that hexadecimal digits spell.
    pub(crate) const fn spelled(spelled: Spelled<'a>) -> Self {
        Self(Form::Spelled(spelled))
    }

    /// The text that these octets are, if they are printable ASCII. The NULs that pad it are no part of it.
    #[inline]
    pub fn printable(octets: &'a [u8]) -> Option<Self> {
        let mut text = octets;
        while let [before @ .., 0] = text {
            text = before;
        }
        is_printable(text).then_some(Self::new(text))
    }

    /// Whether it is empty.
    pub const fn is_empty(self) -> bool {
        matches!(self.0, Form::Plain([]))
    }

    /// The octets of the text in the message, if nothing spells them. It prints as they stand if they are ASCII.
    pub const fn as_octets(self) -> Option<&'a [u8]> {
        match self.0 {
            Form::Plain(octets) => Some(octets),
            Form::Spelled(_) => None,
        }
    }

    /// The characters.
    pub fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        let (plain, spelled): (&[u8], _) = match self.0 {
            Form::Plain(octets) => (octets, None),
            Form::Spelled(spelled) => (&[], Some(spelled)),
        };
        plain.iter().copied().map(char::from).chain(spelled.into_iter().flat_map(|spelled| spelled.chars()))
    }

    /// Whether it begins so.
    pub fn starts_with(self, other: &str) -> bool {
        if let (Form::Plain(octets), true) = (self.0, other.is_ascii()) {
            return octets.starts_with(other.as_bytes());
        }
        let mut chars = self.chars();
        other.chars().all(|c| chars.next() == Some(c))
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|c| f.write_char(c))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// What the wire says, before any scale.
#[derive(Debug, Clone)]
pub enum Raw<'a> {
    /// A value of A-XDR.
    Data(Data<'a>),
    /// A container of A-XDR with the values in it.
    Nested(Body<'a>),
    /// The text of a P1 value group.
    Text(&'a [u8]),
    /// The value groups of a P1 line that carries several.
    Groups(amshan_dlde::Values<'a>),
}

/// Whether all octets are printable ASCII. Eight at a time, the last eight perhaps again.
#[inline]
fn is_printable(octets: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let printable = |octets: &[u8; 8]| {
        let word = u64::from_ne_bytes(*octets);
        // The high bit: of an octet above `7E`, and of one that is `20` or more.
        let high = word | word.wrapping_add(EACH);
        !high & word.wrapping_add(0x60 * EACH) & (0x80 * EACH) == 0x80 * EACH
    };
    match octets.last_chunk() {
        Some(last) => {
            printable(last) && octets.chunks_exact(8).filter_map(|octets| octets.first_chunk()).all(printable)
        }
        None => octets.iter().all(|octet| matches!(octet, 0x20..=0x7E)),
    }
}

pub(crate) fn hex(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn padding_is_no_part_of_a_text() {
        assert_eq!(Text::printable(b"6970\0\0\0").unwrap().to_string(), "6970");
        assert!(Text::printable(b"\0\0").unwrap().is_empty());
        assert_eq!(Text::printable(b"a\0b"), None);
        assert_eq!(Text::printable(&[0xB3]), None);
        assert_eq!(Text::new(b"m\xb3").to_string(), "m\u{b3}");
    }

    #[test]
    fn printable_is_what_each_octet_is() {
        for octet in 1..=255 {
            for place in 0..20 {
                let mut text = *b"                    ";
                text[place] = octet;
                assert_eq!(
                    Text::printable(&text).is_some(),
                    (0x20..=0x7E).contains(&octet),
                    "{octet} at {place}"
                );
            }
        }
    }
}
